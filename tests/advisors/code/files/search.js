import { Router } from 'express';
import { pool } from '../db.js';

export const search = Router();

search.get('/products', async (req, res, next) => {
  try {
    const { q, sort = 'name' } = req.query;
    const sql = `SELECT * FROM products WHERE name ILIKE '%${q}%' ORDER BY ${sort}`;
    const { rows } = await pool.query(sql);
    res.json(rows);
  } catch (error) {
    next(error);
  }
});
