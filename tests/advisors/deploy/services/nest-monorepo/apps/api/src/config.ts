import * as Joi from "joi";

export const validation = Joi.object({
  DATABASE_URL: Joi.string().uri().required(),
  PORT: Joi.number().port().default(3333),
  CORS_ORIGIN: Joi.string().default("http://localhost:5173"),
  JWT_SECRET: Joi.string().min(32).required(),
});
