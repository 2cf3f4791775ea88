import nodemailer from "nodemailer";
import { config } from "../config";

const transport = nodemailer.createTransport(config.SMTP_URL);

export async function sendReminder(to: string, number: string, dueOn: Date): Promise<void> {
  await transport.sendMail({
    from: config.MAIL_FROM,
    to,
    subject: `Invoice ${number} is due`,
    text: `Invoice ${number} was due on ${dueOn.toISOString().slice(0, 10)}.`,
  });
}
