const express = require('express');
const { z } = require('zod');
const { pool } = require('./db');
const { requireUser } = require('./auth');

const app = express();
app.use(express.json({ limit: '100kb' }));

const Body = z.object({ title: z.string().min(1).max(200) });

app.post('/todos', requireUser, async (req, res, next) => {
  try {
    const { title } = Body.parse(req.body);
    const { rows } = await pool.query(
      'INSERT INTO todos (owner_id, title) VALUES ($1, $2) RETURNING id, title',
      [req.user.id, title],
    );
    res.status(201).json(rows[0]);
  } catch (error) {
    next(error);
  }
});

app.get('/todos', requireUser, async (req, res, next) => {
  try {
    const after = Number(req.query.after ?? 0);
    const { rows } = await pool.query(
      'SELECT id, title FROM todos WHERE owner_id = $1 AND id > $2 ORDER BY id LIMIT 100',
      [req.user.id, after],
    );
    res.json(rows);
  } catch (error) {
    next(error);
  }
});

module.exports = app;
