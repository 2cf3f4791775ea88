import { app } from "./app";
import { config } from "./config";
import { scheduleReminders } from "./jobs/reminders";
import { logger } from "./lib/logger";

scheduleReminders();

app.listen(config.PORT, () => {
  logger.info({ port: config.PORT }, "listening");
});
