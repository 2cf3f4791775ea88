const { onDocumentWritten } = require("firebase-functions/v2/firestore");
const admin = require("firebase-admin");
const Stripe = require("stripe");
admin.initializeApp();
const stripe = new Stripe(process.env.STRIPE_KEY);

exports.bookingChanged = onDocumentWritten({ document: "bookings/{id}" }, async (event) => {
  const booking = event.data.after.data();
  if (booking.state === "accepted") {
    await stripe.paymentIntents.create({ amount: booking.price, currency: "eur", confirm: true });
  }
  await event.data.after.ref.update({ seenAt: admin.firestore.FieldValue.serverTimestamp() });
});
