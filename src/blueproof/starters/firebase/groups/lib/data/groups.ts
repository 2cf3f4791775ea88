import { useCallback } from "react";

import { call } from "./call";
import { speaking } from "./failure";

const create = speaking(async (title: string, people: string[]) => {
  const group = await call<{ id: string }>("createGroup", { title, people });
  return group.id;
});

export const useCreateGroup = (): ((title: string, people: string[]) => Promise<string>) => create;

export const useAdd = (id: string): ((personId: string) => Promise<void>) =>
  useOnPerson("addMember", id);
export const useRemove = (id: string): ((personId: string) => Promise<void>) =>
  useOnPerson("removeMember", id);

export function useLeave(id: string): () => Promise<void> {
  return useCallback(
    speaking(async () => {
      await call("leaveGroup", { id });
    }),
    [id],
  );
}

function useOnPerson(name: string, id: string): (personId: string) => Promise<void> {
  return useCallback(
    speaking(async (person: string) => {
      await call(name, { id, person });
    }),
    [name, id],
  );
}
