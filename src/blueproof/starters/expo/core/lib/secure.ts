import * as SecureStore from "expo-secure-store";

import { pieces } from "@/lib/pieces";

/** Some releases of iOS refuse values over 2,048 bytes; a long one is kept in pieces. */
const MOST_BYTES = 2000;

export const secureStorage = {
  async getItem(key: string): Promise<string | null> {
    await writing;
    const kept = await read(key);
    if (!kept) return null;
    const found = await Promise.all(names(key, kept).map((name) => SecureStore.getItemAsync(name)));
    return found.includes(null) ? null : found.join("");
  },

  setItem: (key: string, value: string): Promise<void> => inTurn(() => write(key, value)),

  removeItem: (key: string): Promise<void> =>
    inTurn(async () => {
      const old = await read(key);
      await SecureStore.deleteItemAsync(key);
      if (old) await remove(key, old);
    }),
};

/** Two writers of one key at once would mix their pieces: one after the other. */
let writing: Promise<void> = Promise.resolve();

function inTurn(change: () => Promise<void>): Promise<void> {
  const result = writing.then(change);
  writing = result.catch(() => undefined);
  return result;
}

/** The entry points to the new pieces once they are there: a crash before leaves the old value. */
async function write(key: string, value: string): Promise<void> {
  const old = await read(key);
  const cut = pieces(value, MOST_BYTES);
  const next: Kept = { turn: old?.turn === 0 ? 1 : 0, count: cut.length };
  await Promise.all(
    names(key, next).map((name, index) => SecureStore.setItemAsync(name, cut[index] ?? "")),
  );
  await SecureStore.setItemAsync(key, `${next.turn}:${next.count}`);
  if (old) await remove(key, old);
}

type Kept = { turn: number; count: number };

async function read(key: string): Promise<Kept | null> {
  const [turn, count] = ((await SecureStore.getItemAsync(key)) ?? "").split(":").map(Number);
  return turn === undefined || count === undefined ? null : { turn, count };
}

function names(key: string, { turn, count }: Kept): string[] {
  return Array.from({ length: count }, (_, index) => `${key}.${turn}.${index}`);
}

async function remove(key: string, kept: Kept): Promise<void> {
  await Promise.all(names(key, kept).map((name) => SecureStore.deleteItemAsync(name)));
}
