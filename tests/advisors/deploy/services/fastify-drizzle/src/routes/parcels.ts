import { desc, eq } from "drizzle-orm";
import type { FastifyInstance } from "fastify";
import { db } from "../db/client.js";
import { events, parcels } from "../db/schema.js";
import { polling } from "../queue/polling.js";

interface NewParcel {
  code: string;
  carrier: string;
}

const body = {
  type: "object",
  required: ["code", "carrier"],
  properties: { code: { type: "string", minLength: 6 }, carrier: { type: "string" } },
};

export async function parcelRoutes(app: FastifyInstance) {
  app.post<{ Body: NewParcel }>("/parcels", { schema: { body } }, async (request, reply) => {
    const [made] = await db.insert(parcels).values(request.body).returning();
    if (!made) return reply.code(409).send({ error: "known already" });
    await polling.add("poll", { parcelId: made.id, code: made.code });
    return reply.code(201).send(made);
  });

  app.get<{ Params: { code: string } }>("/parcels/:code", async (request, reply) => {
    const found = await db.query.parcels.findFirst({ where: eq(parcels.code, request.params.code) });
    if (!found) return reply.code(404).send({ error: "no such parcel" });
    const history = await db
      .select().from(events).where(eq(events.parcelId, found.id)).orderBy(desc(events.at)).limit(50);
    return { ...found, history };
  });

  app.put<{ Params: { code: string } }>("/parcels/:code/proof", async (request, reply) => {
    const file = await request.file();
    if (!file) return reply.code(400).send({ error: "send the photo as a file" });
    const key = `proofs/${request.params.code}.jpg`;
    await app.proofs.put(key, await file.toBuffer());
    await db.update(parcels).set({ proofKey: key }).where(eq(parcels.code, request.params.code));
    return { link: await app.proofs.link(key) };
  });
}
