import type { NextFunction, Request, Response } from "express";
import jwt from "jsonwebtoken";
import { config } from "../config";

export interface Signed extends Request {
  accountId?: string;
}

export function signedIn(req: Signed, res: Response, next: NextFunction): void {
  const [scheme, token] = (req.headers.authorization ?? "").split(" ");
  if (scheme !== "Bearer" || !token) {
    res.status(401).json({ error: "sign in first" });
    return;
  }
  try {
    req.accountId = String(jwt.verify(token, config.JWT_SECRET).sub);
    next();
  } catch {
    res.status(401).json({ error: "the token is not valid" });
  }
}
