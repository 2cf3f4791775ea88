import { readFile } from 'node:fs/promises';

const API = 'https://crm.example.com/v2/contacts';

/** Sends every user of the export (about 80,000) to the CRM. */
export async function importAll(file) {
  const users = JSON.parse(await readFile(file, 'utf8'));
  const results = await Promise.all(
    users.map(async (user) => {
      const answer = await fetch(API, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ email: user.email, name: user.name }),
      });
      return answer.status;
    }),
  );
  return results.filter((status) => status !== 201).length;
}
