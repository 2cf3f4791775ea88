import { api } from "../_generated/api";
import type { Id } from "../_generated/dataModel";
import { arrive, backend, firstPage, type Backend, type Somebody } from "./backend.setup";

export type Talk = Awaited<ReturnType<typeof talk>>;

/** Ann and Bob with a conversation of their own, and Eve, who has nothing to do with it. */
export async function talk(t: Backend = backend()) {
  const ann = await arrive(t, "Ann", { email: "ann@example.com", emailVerificationTime: 1 });
  const bob = await arrive(t, "Bob", { email: "bob@example.com", emailVerificationTime: 1 });
  const eve = await arrive(t, "Eve", { email: "eve@example.com", emailVerificationTime: 1 });
  const conversationId = await ann.as.mutation(api.chat.openDirect, { personId: bob.id });
  return { t, ann, bob, eve, conversationId };
}

/** Says something; gives the message's id. */
export async function say(who: Somebody, conversationId: Id<"conversations">, text: string) {
  return await who.as.mutation(api.chat.send, {
    conversationId,
    clientId: crypto.randomUUID(),
    text,
  });
}

export async function read(who: Somebody, conversationId: Id<"conversations">) {
  return await who.as.query(api.chat.list, { conversationId, paginationOpts: firstPage });
}

export async function texts(who: Somebody, conversationId: Id<"conversations">): Promise<string[]> {
  return (await read(who, conversationId)).page.map((message) => message.text);
}
