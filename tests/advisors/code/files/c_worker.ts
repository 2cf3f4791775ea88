import pLimit from 'p-limit';
import { prisma } from './prisma';

const limit = pLimit(8);
const BATCH = 500;

export async function resync(): Promise<void> {
  let cursor: string | undefined;
  for (;;) {
    const users = await prisma.user.findMany({
      take: BATCH,
      orderBy: { id: 'asc' },
      ...(cursor ? { skip: 1, cursor: { id: cursor } } : {}),
    });
    if (users.length === 0) return;
    await Promise.all(
      users.map((user) =>
        limit(async () => {
          const answer = await fetch(`https://crm.example/users/${user.id}`, {
            method: 'PUT',
            body: JSON.stringify({ email: user.email }),
            signal: AbortSignal.timeout(5000),
          });
          if (!answer.ok) throw new Error(`crm: ${answer.status}`);
        }),
      ),
    );
    cursor = users[users.length - 1].id;
  }
}
