import { Type } from "class-transformer";
import { IsDate, IsEmail, IsInt, Max, Min } from "class-validator";

export class NewBooking {
  @IsInt()
  @Min(1)
  @Max(12)
  court!: number;

  @IsDate()
  @Type(() => Date)
  startsAt!: Date;

  @IsEmail()
  playerEmail!: string;
}
