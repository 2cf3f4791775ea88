const sessions = {};
let requests = 0;

module.exports.login = async (req, res) => {
  const user = await db.query(`SELECT * FROM users WHERE email = '${req.body.email}' AND password = '${req.body.password}'`);
  if (!user.rows[0]) return res.status(401).end();
  const id = Math.random().toString(36);
  sessions[id] = user.rows[0];
  res.cookie('sid', id).json({ ok: true });
};

module.exports.auth = (req, res, next) => {
  requests++;
  const session = sessions[req.cookies.sid];
  if (!session) return res.status(401).end();
  req.user = session;
  next();
};
