import cron from "node-cron";
import { logger } from "../lib/logger";
import { sendReminder } from "../lib/mail";
import { prisma } from "../lib/prisma";

export function scheduleReminders(): void {
  cron.schedule("0 8 * * *", async () => {
    const late = await prisma.invoice.findMany({
      where: { status: "SENT", dueOn: { lt: new Date() } },
      include: { account: true },
    });
    for (const invoice of late) {
      await sendReminder(invoice.account.email, invoice.number, invoice.dueOn);
      await prisma.invoice.update({ where: { id: invoice.id }, data: { status: "OVERDUE" } });
    }
    logger.info({ count: late.length }, "reminders sent");
  });
}
