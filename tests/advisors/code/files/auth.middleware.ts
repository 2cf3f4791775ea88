import { NextFunction, Request, Response } from 'express';
import jwt from 'jsonwebtoken';

declare module 'express-serve-static-core' {
  interface Request {
    userId?: string;
    role?: string;
  }
}

export function requireUser(req: Request, res: Response, next: NextFunction) {
  const token = req.headers.authorization?.replace('Bearer ', '');
  if (!token) return res.status(401).json({ error: 'no token' });
  const claims = jwt.decode(token) as { sub: string; role: string } | null;
  if (!claims) return res.status(401).json({ error: 'bad token' });
  req.userId = claims.sub;
  req.role = claims.role;
  next();
}
