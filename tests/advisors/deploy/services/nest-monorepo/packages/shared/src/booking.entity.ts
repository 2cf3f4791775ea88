import { Column, CreateDateColumn, Entity, Index, PrimaryGeneratedColumn } from "typeorm";
import { BookingState } from "./slots";

@Entity("bookings")
@Index(["court", "startsAt"], { unique: true })
export class Booking {
  @PrimaryGeneratedColumn("uuid")
  id!: string;

  @Column({ type: "int" })
  court!: number;

  @Column({ type: "timestamptz", name: "starts_at" })
  startsAt!: Date;

  @Column({ type: "text", name: "player_email" })
  playerEmail!: string;

  @Column({ type: "text", default: BookingState.Open })
  state!: BookingState;

  @CreateDateColumn({ type: "timestamptz", name: "created_at" })
  createdAt!: Date;
}
