// Starts the service in Lambda: reads the secrets first, then runs the file it is given.
// A secret that cannot be read ends the start with one line, before any request is taken.
import { pathToFileURL } from "node:url";
import { resolve } from "node:path";

async function readSecret(client, GetSecretValueCommand, id) {
  const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: id }));
  if (!SecretString) throw new Error("the secret holds no text");
  return SecretString;
}

async function fill(environment) {
  const { DATABASE_SECRET_ARN, APP_SECRET_ARN } = environment;
  if (!DATABASE_SECRET_ARN && !APP_SECRET_ARN) return;
  const { SecretsManagerClient, GetSecretValueCommand } = await import(
    "@aws-sdk/client-secrets-manager"
  );
  const client = new SecretsManagerClient({});
  if (DATABASE_SECRET_ARN) {
    environment.DATABASE_URL = await readSecret(client, GetSecretValueCommand, DATABASE_SECRET_ARN);
  }
  if (APP_SECRET_ARN) {
    const own = JSON.parse(await readSecret(client, GetSecretValueCommand, APP_SECRET_ARN));
    Object.assign(environment, own);
  }
}

try {
  await fill(process.env);
} catch (error) {
  // The name alone: a message of JSON.parse would quote what it could not read.
  console.error(JSON.stringify({ level: "error", message: "secrets not read", name: error.name }));
  process.exit(1);
}
await import(pathToFileURL(resolve(process.argv[2])).href);
