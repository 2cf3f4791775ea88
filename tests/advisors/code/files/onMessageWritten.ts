export const onMessage = onDocumentWritten("rooms/{roomId}/messages/{id}", async (event) => {
  const msg = event.data?.after.data();
  if (!msg) return;
  const members = await db.collection(`rooms/${event.params.roomId}/members`).get();
  const tokens = members.docs.map((d) => d.data().fcmToken);
  await getMessaging().sendEachForMulticast({
    tokens,
    notification: { title: msg.senderName, body: msg.text },
  });
  await event.data!.after.ref.update({ notifiedAt: FieldValue.serverTimestamp() });
});
