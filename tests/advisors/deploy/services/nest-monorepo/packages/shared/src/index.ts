export { Booking } from "./booking.entity";
export { BookingState, freeSlots } from "./slots";
