import { Queue } from "bullmq";
import { queueConnection } from "./connection.js";

export interface Poll {
  parcelId: string;
  code: string;
}

export const polling = new Queue<Poll>("polling", {
  connection: queueConnection,
  defaultJobOptions: { attempts: 5, backoff: { type: "exponential", delay: 2_000 } },
});
