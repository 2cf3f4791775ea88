import { MigrationInterface, QueryRunner } from "typeorm";

export class CreateBookings1767970000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE "bookings" (
        "id" uuid PRIMARY KEY DEFAULT gen_random_uuid(),
        "court" int NOT NULL,
        "starts_at" timestamptz NOT NULL,
        "player_email" text NOT NULL,
        "state" text NOT NULL DEFAULT 'open',
        "created_at" timestamptz NOT NULL DEFAULT now()
      )
    `);
    await runner.query(
      `CREATE UNIQUE INDEX "bookings_court_starts_at" ON "bookings" ("court", "starts_at")`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE "bookings"`);
  }
}
