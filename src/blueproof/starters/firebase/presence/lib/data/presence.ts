import { onDisconnect, ref, remove, serverTimestamp, set } from "firebase/database";
import { useCallback, useEffect, useRef, useState } from "react";

import { auth } from "./auth";
import { myId } from "./me";
import { announce } from "./online";
import { usePeople } from "./people";
import { realtime, watch } from "./realtime";

const STEP = 3_000;
const LASTS = 6_000;

export function useTyping(id: string): { names: string[]; type: () => void } {
  const typing = useTypingPeople(id);
  const person = usePeople(typing);
  const names = typing.map((uid) => person(uid).name).filter(Boolean);
  return { names, type: useType(id) };
}

/** The people of whom it is known; of others, and of those whose direct conversation is missing, nothing is. */
export function useOnline(ids: string[]): Record<string, boolean> {
  const [online, setOnline] = useState<Record<string, boolean>>({});
  const key = [...ids].sort().join(" ");
  useEffect(() => {
    announce();
    setOnline({});
    const stops = key
      .split(" ")
      .filter(Boolean)
      .map((id) => {
        const say = (value: unknown) =>
          setOnline((before) => ({ ...before, [id]: value === true }));
        return watch(`status/${id}/online`, say);
      });
    return () => stops.forEach((stop) => stop());
  }, [key]);
  return online;
}

type Sign = { value: number; seen: number };

function useTypingPeople(id: string): string[] {
  const [signs, setSigns] = useState<Record<string, Sign>>({});
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    announce();
    setSigns({});
    return watch(`typing/${id}`, (value) => {
      setNow(Date.now());
      setSigns((before) => newer(before, (value ?? {}) as Record<string, number>, Date.now()));
    });
  }, [id]);
  useEffect(() => {
    if (Object.keys(signs).length === 0) return;
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, [signs]);
  const me = auth.currentUser?.uid;
  return Object.keys(signs).filter((uid) => uid !== me && now - (signs[uid]?.seen ?? 0) < LASTS);
}

function useType(id: string): () => void {
  const last = useRef(0);
  const end = useRef<ReturnType<typeof setTimeout>>(undefined);
  const stop = useCallback(() => {
    clearTimeout(end.current);
    if (last.current === 0) return;
    last.current = 0;
    void remove(mine(id)).catch(() => undefined);
  }, [id]);
  useEffect(() => stop, [stop]);
  return useCallback(() => {
    clearTimeout(end.current);
    end.current = setTimeout(stop, LASTS);
    if (Date.now() - last.current < STEP) return;
    last.current = Date.now();
    void onDisconnect(mine(id)).remove();
    void set(mine(id), serverTimestamp()).catch(() => undefined);
  }, [id, stop]);
}

function mine(id: string) {
  return ref(realtime, `typing/${id}/${myId()}`);
}

/** A sign counts from when it came to this device: its clock and the server's need not agree. */
function newer(
  before: Record<string, Sign>,
  found: Record<string, number>,
  now: number,
): Record<string, Sign> {
  return Object.fromEntries(
    Object.entries(found).map(([uid, value]) => {
      const known = before[uid];
      return [uid, known?.value === value ? known : { value, seen: now }];
    }),
  );
}
