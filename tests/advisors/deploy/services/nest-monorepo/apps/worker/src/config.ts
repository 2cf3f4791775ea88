import * as Joi from "joi";

export const validation = Joi.object({
  DATABASE_URL: Joi.string().uri().required(),
  SENDGRID_API_KEY: Joi.string().required(),
  REMINDER_HOURS: Joi.number().integer().default(24),
});
