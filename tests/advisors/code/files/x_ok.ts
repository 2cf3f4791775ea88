import { Router } from 'express';
import { pool } from './db';
import { requireUser } from './auth';

export const router = Router();

router.post('/votes/:poll', requireUser, async (req, res, next) => {
  try {
    const { rowCount } = await pool.query(
      `INSERT INTO votes (poll_id, user_id, choice) VALUES ($1, $2, $3)
       ON CONFLICT (poll_id, user_id) DO NOTHING`,
      [req.params.poll, req.user!.id, req.body.choice],
    );
    res.status(rowCount === 1 ? 201 : 409).end();
  } catch (error) {
    next(error);
  }
});
