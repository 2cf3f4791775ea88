import "reflect-metadata";
import { DataSource } from "typeorm";
import { Booking } from "@courtbook/shared";

export default new DataSource({
  type: "postgres",
  url: process.env.DATABASE_URL,
  entities: [Booking],
  migrations: [`${__dirname}/migrations/*.js`],
});
