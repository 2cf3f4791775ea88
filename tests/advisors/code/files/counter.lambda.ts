import Redis from 'ioredis';
import { APIGatewayEvent } from 'aws-lambda';

export const handler = async (event: APIGatewayEvent) => {
  const redis = new Redis(process.env.REDIS_URL!);
  const key = `votes:${event.pathParameters!.poll}`;
  const votes = Number(await redis.get(key)) || 0;
  await redis.set(key, votes + 1);
  return { statusCode: 200, body: String(votes + 1) };
};
