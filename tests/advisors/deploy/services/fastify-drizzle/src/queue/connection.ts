import { Redis } from "ioredis";
import { config } from "../config.js";

// BullMQ waits for jobs in one long command, which must not be given up.
export const queueConnection = new Redis(config.REDIS_URL, { maxRetriesPerRequest: null });
export const subscriber = new Redis(config.REDIS_URL);
export const publisher = new Redis(config.REDIS_URL);
