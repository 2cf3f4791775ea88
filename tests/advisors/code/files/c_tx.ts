import { pool } from './db';

export async function transfer(from: string, to: string, cents: number): Promise<boolean> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    const taken = await client.query(
      'UPDATE wallets SET cents = cents - $1 WHERE id = $2 AND cents >= $1',
      [cents, from],
    );
    if (taken.rowCount !== 1) {
      await client.query('ROLLBACK');
      return false;
    }
    await client.query('UPDATE wallets SET cents = cents + $1 WHERE id = $2', [cents, to]);
    await client.query('COMMIT');
    return true;
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  } finally {
    client.release();
  }
}
