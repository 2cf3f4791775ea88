import { sql as query } from "drizzle-orm";
import type { FastifyInstance } from "fastify";
import { db } from "../db/client.js";
import { publisher } from "../queue/connection.js";

export async function health(app: FastifyInstance) {
  app.get("/health/live", { logLevel: "warn" }, async () => ({ status: "ok" }));

  app.get("/health/ready", { logLevel: "warn" }, async (_request, reply) => {
    try {
      await Promise.all([db.execute(query`select 1`), publisher.ping()]);
      return { status: "ok" };
    } catch (error) {
      app.log.error({ err: error }, "not ready");
      return reply.code(503).send({ status: "unavailable" });
    }
  });
}
