import type { NextApiRequest, NextApiResponse } from 'next';
import { db } from '../../lib/db';
import { users } from '../../lib/schema';
import { sendWelcome } from '../../lib/mail';
import { track } from '../../lib/analytics';

export default async function handler(req: NextApiRequest, res: NextApiResponse) {
  if (req.method !== 'POST') return res.status(405).end();
  const { email, name } = req.body;

  const [user] = await db.insert(users).values({ email, name }).returning();

  sendWelcome(user.email);
  track('signup', { id: user.id });

  return res.status(201).json({ id: user.id });
}
