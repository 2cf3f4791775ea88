import { defineString } from "firebase-functions/params";

import type { AfterMessage } from "./message-hooks.js";
import { removeMessage } from "./removal.js";

const url = defineString("MODERATION_URL", { default: "" });

/** Asks a service of yours about each text: POST {"text"}, answered by {"remove": true or false}. */
export const moderate: AfterMessage = async ({ conversationId, messageId, message }) => {
  if (!url.value()) return;
  const answer = await fetch(url.value(), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ text: message.text }),
    signal: AbortSignal.timeout(5_000),
  });
  if (!answer.ok) throw new Error(`moderation answered ${answer.status}`);
  const verdict = (await answer.json()) as { remove?: boolean };
  if (verdict.remove === true) await removeMessage(conversationId, messageId);
};
