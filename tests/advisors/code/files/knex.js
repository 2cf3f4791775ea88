const express = require('express');
const knex = require('./knex');
const router = express.Router();

router.get('/teams/:id/report', async (req, res) => {
  const users = await knex('users').where({ team_id: req.params.id });
  const result = await Promise.all(
    users.map(async (u) => {
      const tasks = await knex('tasks').where({ assignee_id: u.id });
      const hours = await knex('time_entries').where({ user_id: u.id }).sum('hours as h');
      return { ...u, open: tasks.filter((t) => !t.done).length, hours: hours[0].h };
    }),
  );
  res.json(result);
});

module.exports = router;
