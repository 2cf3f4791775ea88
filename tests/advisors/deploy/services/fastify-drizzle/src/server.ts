import closeWithGrace from "close-with-grace";
import { build } from "./app.js";
import { config } from "./config.js";
import { sql } from "./db/client.js";
import { publisher, queueConnection, subscriber } from "./queue/connection.js";

const app = await build();

closeWithGrace({ delay: 20_000 }, async ({ signal, err }) => {
  if (err) app.log.error({ err }, "closing after an error");
  app.log.info({ signal }, "closing");
  await app.close();
  await sql.end({ timeout: 5 });
  await Promise.all([publisher.quit(), subscriber.quit(), queueConnection.quit()]);
});

await app.listen({ host: "0.0.0.0", port: config.PORT });
