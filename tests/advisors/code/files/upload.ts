'use server';
import { auth } from '@clerk/nextjs/server';
import { S3Client, PutObjectCommand } from '@aws-sdk/client-s3';
import { db } from '@/db';
import { photos } from '@/db/schema';
import { generateThumbnails } from '@/lib/images';

const s3 = new S3Client({});

export async function upload(form: FormData) {
  const { userId } = await auth();
  if (!userId) throw new Error('sign in');
  const files = form.getAll('files') as File[];
  await Promise.all(
    files.map(async (file) => {
      const key = `${userId}/${crypto.randomUUID()}`;
      await s3.send(new PutObjectCommand({ Bucket: process.env.BUCKET, Key: key, Body: Buffer.from(await file.arrayBuffer()) }));
      await db.insert(photos).values({ userId, key });
    }),
  );
  generateThumbnails(userId);
}
