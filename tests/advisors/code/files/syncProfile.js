exports.syncProfile = functions.firestore
  .document("users/{uid}")
  .onUpdate(async (change, context) => {
    const data = change.after.data();
    const fullName = `${data.firstName} ${data.lastName}`;
    await change.after.ref.update({ fullName, updatedAt: admin.firestore.FieldValue.serverTimestamp() });
  });
