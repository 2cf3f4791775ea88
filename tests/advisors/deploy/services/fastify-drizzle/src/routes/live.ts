import type { FastifyInstance } from "fastify";
import { subscriber } from "../queue/connection.js";

export async function live(app: FastifyInstance) {
  await subscriber.subscribe("parcel-events");

  app.get("/live", { websocket: true }, (socket, request) => {
    const wanted = (request.query as { code?: string }).code;
    const hand = (_channel: string, message: string) => {
      if (!wanted || JSON.parse(message).code === wanted) socket.send(message);
    };
    subscriber.on("message", hand);
    socket.on("close", () => subscriber.off("message", hand));
  });
}
