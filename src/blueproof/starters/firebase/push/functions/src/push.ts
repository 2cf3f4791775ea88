import { Timestamp } from "firebase-admin/firestore";
import { logger } from "firebase-functions";

import { db } from "./app.js";
import { BATCH, type Push, isGone, sendPushes } from "./expo-push.js";
import { hushed } from "./hooks.js";
import type { AfterMessage, Sent } from "./message-hooks.js";
import { stateOf } from "./reads.js";
import { type Device, devicesOf } from "./tokens.js";

/** A conversation counts as open for this long after a device said so: it may have died since. */
const OPEN_FOR = 10 * 60_000;
const BODY = 160;

export const notify: AfterMessage = async (sent) => {
  // It was taken away before its trigger ran, or its author's account was erased.
  if (sent.message.deleted) return;
  const devices = await listening(await devicesOf(await readersOf(sent)), sent.conversationId);
  if (devices.length === 0) return;
  const push = await worded(sent);
  for (let from = 0; from < devices.length; from += BATCH) {
    await sendBatch(devices.slice(from, from + BATCH), push);
  }
};

/** The others, less those of a group who do not want to hear of the author. */
async function readersOf({ conversation, message }: Sent): Promise<string[]> {
  const others = conversation.memberIds.filter((id) => id !== message.author);
  if (conversation.kind !== "group") return others;
  const found = await Promise.all(hushed.map((find) => find(message.author, others)));
  const quiet = new Set(found.flat());
  return others.filter((id) => !quiet.has(id));
}

/** Of the devices, those whose owner has neither muted the conversation nor has it before them. */
async function listening(devices: Device[], conversationId: string): Promise<Device[]> {
  const owners = [...new Set(devices.map((device) => device.uid))];
  if (owners.length === 0) return [];
  const [states, open] = await Promise.all([
    db.getAll(...owners.map((uid) => stateOf(uid, conversationId))),
    db.getAll(...owners.map((uid) => db.doc(`users/${uid}/open/now`))),
  ]);
  const quiet = owners.filter((_, index) => {
    const now = open[index]?.data() as { conversation: string | null; at: Timestamp } | undefined;
    const isOpen =
      now?.conversation === conversationId && Date.now() - now.at.toMillis() < OPEN_FOR;
    return isOpen || states[index]?.get("muted") === true;
  });
  return devices.filter((device) => !quiet.includes(device.uid));
}

async function worded({ conversationId, conversation, message }: Sent): Promise<Omit<Push, "to">> {
  const author =
    ((await db.doc(`users/${message.author}`).get()).get("name") as string | undefined) ?? "";
  const text = message.text.slice(0, BODY);
  const isGroup = conversation.kind === "group";
  return {
    title: isGroup ? conversation.title : author,
    body: isGroup ? `${author}: ${text}` : text,
    data: { conversationId },
    sound: "default",
    channelId: "messages",
  };
}

/** One that Expo does not take is lost, and said so: sent again with the others it would ring twice. */
async function sendBatch(devices: Device[], push: Omit<Push, "to">): Promise<void> {
  try {
    const tickets = await sendPushes(devices.map((device) => ({ ...push, to: device.token })));
    const batch = db.batch();
    tickets.forEach((ticket, index) => {
      const device = devices[index];
      if (!device) return;
      if (isGone(ticket)) batch.delete(device.ref);
      else if (ticket.status === "ok" && ticket.id) {
        batch.set(db.doc(`tickets/${ticket.id}`), { device: device.ref.id, at: Timestamp.now() });
      } else logger.error("push refused", ticket);
    });
    await batch.commit();
  } catch (error) {
    logger.error("push lost", error);
  }
}
