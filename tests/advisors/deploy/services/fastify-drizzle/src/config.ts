import { envSchema } from "env-schema";

interface Config {
  PORT: number;
  DATABASE_URL: string;
  REDIS_URL: string;
  LOG_LEVEL: string;
  S3_BUCKET: string;
  CARRIER_API_URL: string;
  CARRIER_API_TOKEN: string;
  JWT_SECRET: string;
  WORKER_CONCURRENCY: number;
}

export const config = envSchema<Config>({
  schema: {
    type: "object",
    required: ["DATABASE_URL", "REDIS_URL", "S3_BUCKET", "CARRIER_API_TOKEN", "JWT_SECRET"],
    properties: {
      PORT: { type: "number", default: 8080 },
      DATABASE_URL: { type: "string" },
      REDIS_URL: { type: "string" },
      LOG_LEVEL: { type: "string", default: "info" },
      S3_BUCKET: { type: "string" },
      CARRIER_API_URL: { type: "string", default: "https://carrier.example.com/v2" },
      CARRIER_API_TOKEN: { type: "string" },
      JWT_SECRET: { type: "string", minLength: 32 },
      WORKER_CONCURRENCY: { type: "number", default: 5 },
    },
  },
});
