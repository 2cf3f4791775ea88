import { Worker } from "bullmq";
import closeWithGrace from "close-with-grace";
import { eq } from "drizzle-orm";
import pino from "pino";
import { config } from "./config.js";
import { db, sql } from "./db/client.js";
import { events, parcels } from "./db/schema.js";
import { publisher, queueConnection } from "./queue/connection.js";
import type { Poll } from "./queue/polling.js";

const log = pino({ level: config.LOG_LEVEL });

const worker = new Worker<Poll>(
  "polling",
  async (job) => {
    const answer = await fetch(`${config.CARRIER_API_URL}/parcels/${job.data.code}`, {
      headers: { authorization: `Bearer ${config.CARRIER_API_TOKEN}` },
      signal: AbortSignal.timeout(10_000),
    });
    if (!answer.ok) throw new Error(`the carrier answered ${answer.status}`);
    const { state, ...payload } = (await answer.json()) as { state: string };
    await db.insert(events).values({ parcelId: job.data.parcelId, kind: state, payload });
    await db.update(parcels).set({ state }).where(eq(parcels.id, job.data.parcelId));
    await publisher.publish("parcel-events", JSON.stringify({ code: job.data.code, state }));
  },
  { connection: queueConnection, concurrency: config.WORKER_CONCURRENCY },
);

worker.on("failed", (job, error) => log.error({ err: error, job: job?.id }, "job failed"));

closeWithGrace({ delay: 25_000 }, async () => {
  await worker.close();
  await sql.end({ timeout: 5 });
  await publisher.quit();
});
