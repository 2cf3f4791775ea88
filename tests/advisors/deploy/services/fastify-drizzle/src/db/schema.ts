import { bigint, index, jsonb, pgTable, text, timestamp, uuid } from "drizzle-orm/pg-core";

export const parcels = pgTable("parcels", {
  id: uuid().primaryKey().defaultRandom(),
  code: text().notNull().unique(),
  carrier: text().notNull(),
  state: text().notNull().default("announced"),
  proofKey: text("proof_key"),
  createdAt: timestamp("created_at", { withTimezone: true }).notNull().defaultNow(),
});

export const events = pgTable(
  "events",
  {
    id: bigint({ mode: "number" }).primaryKey().generatedAlwaysAsIdentity(),
    parcelId: uuid("parcel_id").notNull().references(() => parcels.id, { onDelete: "cascade" }),
    kind: text().notNull(),
    payload: jsonb().notNull(),
    at: timestamp({ withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [index("events_parcel_at").on(table.parcelId, table.at)],
);
