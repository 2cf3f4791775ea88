import { FieldValue, getFirestore } from "firebase-admin/firestore";
import { onDocumentCreated } from "firebase-functions/v2/firestore";

export const onMessage = onDocumentCreated("conversations/{id}/messages/{message}", async (event) => {
  const message = event.data?.data();
  if (message === undefined) return;
  const conversation = getFirestore().doc(`conversations/${event.params.id}`);
  const members: string[] = (await conversation.get()).get("memberIds") ?? [];
  const others = members.filter((member) => member !== message["author"]);
  await conversation.update({
    preview: message["text"],
    ...Object.fromEntries(others.map((member) => [`unread.${member}`, FieldValue.increment(1)])),
  });
});
