import helmet from "@fastify/helmet";
import jwt from "@fastify/jwt";
import multipart from "@fastify/multipart";
import websocket from "@fastify/websocket";
import Fastify from "fastify";
import { config } from "./config.js";
import storage from "./plugins/storage.js";
import { health } from "./routes/health.js";
import { live } from "./routes/live.js";
import { parcelRoutes } from "./routes/parcels.js";

export async function build() {
  const app = Fastify({
    logger: { level: config.LOG_LEVEL },
    trustProxy: true,
    keepAliveTimeout: 65_000,
  });
  await app.register(helmet);
  await app.register(jwt, { secret: config.JWT_SECRET });
  await app.register(multipart, { limits: { fileSize: 5_000_000 } });
  await app.register(websocket);
  await app.register(storage);
  await app.register(health);
  await app.register(parcelRoutes);
  await app.register(live);
  return app;
}
