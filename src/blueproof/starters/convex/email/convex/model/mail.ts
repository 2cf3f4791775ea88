/** Sends a plain letter through Resend; an answer other than success ends the action with it. */
export async function mail(to: string, subject: string, text: string): Promise<void> {
  const key = process.env.RESEND_API_KEY;
  const from = process.env.EMAIL_FROM;
  if (!key || !from)
    throw new Error("RESEND_API_KEY and EMAIL_FROM are not set for this deployment.");
  const answer = await fetch("https://api.resend.com/emails", {
    method: "POST",
    headers: { Authorization: `Bearer ${key}`, "Content-Type": "application/json" },
    body: JSON.stringify({ from, to, subject, text }),
  });
  if (!answer.ok) throw new Error(`The mail service answered ${answer.status}.`);
}
