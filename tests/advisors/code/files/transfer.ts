import { pool } from './db';
import { sendReceipt } from './mail';

export async function payOut(sellerId: string, cents: number) {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    const { rows } = await client.query(
      'SELECT balance FROM wallets WHERE seller_id = $1 FOR UPDATE',
      [sellerId],
    );
    if (rows[0].balance < cents) throw new Error('not enough');

    const response = await fetch('https://api.bank.example/v1/transfers', {
      method: 'POST',
      headers: { authorization: `Bearer ${process.env.BANK_TOKEN}` },
      body: JSON.stringify({ sellerId, cents }),
    });
    if (!response.ok) throw new Error('bank refused');

    await client.query('UPDATE wallets SET balance = balance - $1 WHERE seller_id = $2', [
      cents,
      sellerId,
    ]);
    await sendReceipt(sellerId, cents);
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  } finally {
    client.release();
  }
}
