import { MigrationInterface, QueryRunner } from "typeorm";

export class StateIndex1769970000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `CREATE INDEX "bookings_open" ON "bookings" ("starts_at") WHERE "state" = 'open'`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP INDEX "bookings_open"`);
  }
}
