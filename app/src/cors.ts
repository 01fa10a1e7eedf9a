import cors from "cors";
import type { RequestHandler } from "express";

/**
 * Lets pages of these origins use the API in a browser, with the session's cookie. Other origins get no headers, so
 * their browsers keep the answer from them.
 */
export const allowOrigins = (origins: readonly string[]): RequestHandler =>
  cors({
    origin: [...origins],
    credentials: true,
    methods: ["GET", "POST", "PATCH", "DELETE"],
    allowedHeaders: ["Authorization", "Content-Type", "X-Request-Id"],
    exposedHeaders: ["Location", "Retry-After", "X-Request-Id"],
    maxAge: 600,
    optionsSuccessStatus: 204,
  });
