import { PutObjectCommand, GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import fp from "fastify-plugin";
import { config } from "../config.js";

declare module "fastify" {
  interface FastifyInstance {
    proofs: { put(key: string, body: Buffer): Promise<void>; link(key: string): Promise<string> };
  }
}

export default fp(async (app) => {
  const s3 = new S3Client({});
  app.decorate("proofs", {
    async put(key: string, body: Buffer) {
      await s3.send(new PutObjectCommand({ Bucket: config.S3_BUCKET, Key: key, Body: body }));
    },
    link: (key: string) =>
      getSignedUrl(s3, new GetObjectCommand({ Bucket: config.S3_BUCKET, Key: key }), {
        expiresIn: 300,
      }),
  });
});
