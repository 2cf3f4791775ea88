import { getDoc } from "firebase/firestore";
import { useEffect, useState } from "react";

import { profileOf, readPerson } from "./profile";
import type { Person } from "./types";

const known = new Map<string, Person>();
const asked = new Map<string, Promise<void>>();

export const nobody = (id: string): Person => ({ id, name: "", photo: null });

/** Profiles by id, each read once in the life of the app; a name is empty until its profile is here. */
export function usePeople(ids: readonly string[]): (id: string) => Person {
  const [, setRead] = useState(0);
  const key = ids.join(" ");
  useEffect(() => {
    let gone = false;
    const missing = key.split(" ").filter((id) => id && !known.has(id));
    if (missing.length > 0) {
      void Promise.allSettled(missing.map(readOnce)).then(() => {
        if (!gone) setRead((count) => count + 1);
      });
    }
    return () => {
      gone = true;
    };
  }, [key]);
  return (id) => known.get(id) ?? nobody(id);
}

export function forgetPeople(): void {
  known.clear();
}

function readOnce(id: string): Promise<void> {
  const running = asked.get(id) ?? read(id).finally(() => asked.delete(id));
  asked.set(id, running);
  return running;
}

async function read(id: string): Promise<void> {
  const profile = await getDoc(profileOf(id));
  known.set(id, readPerson(id, profile.data()));
}
