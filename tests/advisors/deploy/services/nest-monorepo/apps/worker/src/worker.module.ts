import { Module } from "@nestjs/common";
import { ConfigModule, ConfigService } from "@nestjs/config";
import { ScheduleModule } from "@nestjs/schedule";
import { TypeOrmModule } from "@nestjs/typeorm";
import { Booking } from "@courtbook/shared";
import { validation } from "./config";
import { RemindersService } from "./reminders/reminders.service";

@Module({
  imports: [
    ConfigModule.forRoot({ isGlobal: true, envFilePath: "../../.env", validationSchema: validation }),
    ScheduleModule.forRoot(),
    TypeOrmModule.forRootAsync({
      inject: [ConfigService],
      useFactory: (config: ConfigService) => ({
        type: "postgres",
        url: config.getOrThrow<string>("DATABASE_URL"),
        entities: [Booking],
      }),
    }),
    TypeOrmModule.forFeature([Booking]),
  ],
  providers: [RemindersService],
})
export class WorkerModule {}
