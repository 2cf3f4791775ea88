import { Body, Controller, Delete, Get, Param, ParseUUIDPipe, Post, Query } from "@nestjs/common";
import { BookingsService } from "./bookings.service";
import { NewBooking } from "./new-booking.dto";

@Controller("bookings")
export class BookingsController {
  constructor(private readonly bookings: BookingsService) {}

  @Get("free")
  free(@Query("court") court: string, @Query("day") day: string) {
    return this.bookings.free(Number(court), new Date(day));
  }

  @Post()
  book(@Body() wanted: NewBooking) {
    return this.bookings.book(wanted);
  }

  @Delete(":id")
  cancel(@Param("id", ParseUUIDPipe) id: string) {
    return this.bookings.cancel(id);
  }
}
