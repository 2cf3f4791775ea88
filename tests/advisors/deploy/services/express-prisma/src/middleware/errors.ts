import type { NextFunction, Request, Response } from "express";
import { ZodError } from "zod";
import { logger } from "../lib/logger";

export function notFound(_req: Request, res: Response): void {
  res.status(404).json({ error: "not found" });
}

export function failed(error: unknown, req: Request, res: Response, _next: NextFunction): void {
  if (error instanceof ZodError) {
    res.status(400).json({ error: "the body is not valid", issues: error.issues });
    return;
  }
  logger.error({ err: error, path: req.path }, "request failed");
  res.status(500).json({ error: "internal error" });
}
