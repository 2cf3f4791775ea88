import { ConflictException, Injectable, NotFoundException } from "@nestjs/common";
import { InjectRepository } from "@nestjs/typeorm";
import { Booking, BookingState, freeSlots } from "@courtbook/shared";
import { Between, Repository } from "typeorm";
import { NewBooking } from "./new-booking.dto";

const DAY_MS = 86_400_000;

@Injectable()
export class BookingsService {
  constructor(@InjectRepository(Booking) private readonly bookings: Repository<Booking>) {}

  async free(court: number, day: Date): Promise<number[]> {
    const startsAt = Between(day, new Date(day.getTime() + DAY_MS));
    const taken = await this.bookings.find({ where: { court, startsAt } });
    return freeSlots(taken.map((booking) => booking.startsAt));
  }

  async book(wanted: NewBooking): Promise<Booking> {
    const there = await this.bookings.countBy({ court: wanted.court, startsAt: wanted.startsAt });
    if (there) throw new ConflictException("somebody was faster");
    return this.bookings.save(this.bookings.create(wanted));
  }

  async cancel(id: string): Promise<void> {
    const done = await this.bookings.update(id, { state: BookingState.Cancelled });
    if (!done.affected) throw new NotFoundException();
  }
}
