import { Module } from "@nestjs/common";
import { ConfigModule, ConfigService } from "@nestjs/config";
import { TypeOrmModule } from "@nestjs/typeorm";
import { Booking } from "@courtbook/shared";
import { BookingsModule } from "./bookings/bookings.module";
import { validation } from "./config";
import { HealthModule } from "./health/health.module";

@Module({
  imports: [
    ConfigModule.forRoot({ isGlobal: true, envFilePath: "../../.env", validationSchema: validation }),
    TypeOrmModule.forRootAsync({
      inject: [ConfigService],
      useFactory: (config: ConfigService) => ({
        type: "postgres",
        url: config.getOrThrow<string>("DATABASE_URL"),
        entities: [Booking],
        synchronize: false,
      }),
    }),
    BookingsModule,
    HealthModule,
  ],
})
export class AppModule {}
