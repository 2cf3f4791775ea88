import { Injectable, Logger } from "@nestjs/common";
import { ConfigService } from "@nestjs/config";
import { Cron, CronExpression } from "@nestjs/schedule";
import { InjectRepository } from "@nestjs/typeorm";
import { Booking, BookingState } from "@courtbook/shared";
import sendgrid from "@sendgrid/mail";
import { LessThan, Repository } from "typeorm";

@Injectable()
export class RemindersService {
  private readonly log = new Logger(RemindersService.name);

  constructor(
    @InjectRepository(Booking) private readonly bookings: Repository<Booking>,
    private readonly config: ConfigService,
  ) {
    sendgrid.setApiKey(config.getOrThrow<string>("SENDGRID_API_KEY"));
  }

  @Cron(CronExpression.EVERY_10_MINUTES)
  async remind(): Promise<void> {
    const hours = this.config.get<number>("REMINDER_HOURS", 24);
    const soon = new Date(Date.now() + hours * 3_600_000);
    const due = await this.bookings.findBy({ state: BookingState.Open, startsAt: LessThan(soon) });
    for (const booking of due) {
      await sendgrid.send({
        to: booking.playerEmail,
        from: "court@example.com",
        subject: "Your court is waiting",
        text: `Court ${booking.court}, ${booking.startsAt.toISOString()}`,
      });
      await this.bookings.update(booking.id, { state: BookingState.Reminded });
    }
    this.log.log(`${due.length} reminders`);
  }
}
