import { db } from './admin';

export async function exportAll() {
  const snap = await db.collection('events').get();
  return snap.docs.map((d) => d.data());
}

export async function countUsers() {
  const users = await db.collection('users').get();
  return users.size;
}
