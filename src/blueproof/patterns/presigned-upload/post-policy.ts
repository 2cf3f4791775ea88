import { createHmac } from "node:crypto";

export interface Bucket {
  name: string;
  region: string;
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string; // where the credentials are of a role
}

export interface Upload {
  /** Made by the server, such as `avatars/${userId}/${randomUUID()}`; never the file's own name. */
  key: string;
  contentType: string;
  maximumBytes: number;
  seconds: number;
}

/**
 * What a browser needs to upload one file straight into the bucket: send `fields` and then `file`
 * as multipart/form-data to `url`. S3 refuses another key or type, a larger file, and a late one.
 */
export function presignPost(
  bucket: Bucket,
  upload: Upload,
  now = new Date(),
): { url: string; fields: Record<string, string> } {
  const date = now.toISOString().replace(/[-:]|\.\d+/g, ""); // 20261129T120000Z
  const day = date.slice(0, 8);
  const fields: Record<string, string> = {
    key: upload.key,
    "Content-Type": upload.contentType,
    "x-amz-algorithm": "AWS4-HMAC-SHA256",
    "x-amz-credential": `${bucket.accessKeyId}/${day}/${bucket.region}/s3/aws4_request`,
    "x-amz-date": date,
    ...(bucket.sessionToken && { "x-amz-security-token": bucket.sessionToken }),
  };
  const document = {
    expiration: new Date(now.getTime() + upload.seconds * 1000).toISOString(),
    conditions: [
      { bucket: bucket.name },
      ...Object.entries(fields).map(([name, value]) => ({ [name]: value })),
      // A presigned PUT has nothing like it: its size is whatever the client sends.
      ["content-length-range", 1, upload.maximumBytes],
    ],
  };
  const policy = Buffer.from(JSON.stringify(document)).toString("base64");
  const key = [day, bucket.region, "s3", "aws4_request"].reduce<string | Buffer>(
    (signing, part) => createHmac("sha256", signing).update(part).digest(),
    `AWS4${bucket.secretAccessKey}`,
  );
  const signature = createHmac("sha256", key).update(policy).digest("hex");
  return {
    url: `https://${bucket.name}.s3.${bucket.region}.amazonaws.com/`,
    fields: { ...fields, policy, "x-amz-signature": signature },
  };
}
