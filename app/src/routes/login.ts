import type { LoginResult } from "@watchkeeper/exporters/auth";
import express, { type Router } from "express";
import { z } from "zod";
import { authenticate, clearSessionCookie, setSessionCookie, tokenOf } from "../authenticate.ts";
import { ClientError } from "../errors.ts";
import { createGate, GateFullError } from "../gate.ts";
import type { LoginLimit } from "../login-limit.ts";
import { parseInput, parseJson } from "../parse.ts";
import { verifyPassword } from "../password.ts";
import { SESSION_TTL_MS, type Session, type Sessions } from "../session.ts";
import type { Tenants } from "../tenants.ts";
import type { RecordUsage } from "../usage/event.ts";

/** PostgreSQL refuses texts with a NUL, and no name has any other control character. */
const name = (max: number) =>
  z
    .string()
    .trim()
    .toLowerCase()
    .min(1)
    .max(max)
    .regex(/^\P{C}*$/u, "must be printable");

const loginSchema = z.strictObject({
  tenant: name(60),
  email: name(254),
  password: z.string().min(1).max(200),
});

/**
 * A password check occupies a thread of Node's pool of four for a fifth of a second, and new database connections need
 * a thread too: two checks at once leave room for them. Those that wait are answered within two seconds or so.
 */
const CHECKS = { running: 2, waiting: 14 } as const;

type Login = z.infer<typeof loginSchema>;

type Outcome =
  | { readonly result: "success"; readonly session: Session }
  | { readonly result: "invalid_credentials" }
  | { readonly result: "rate_limited"; readonly retryAfterMs: number };

export interface LoginDeps {
  readonly tenants: Tenants;
  readonly sessions: Sessions;
  readonly loginLimit: LoginLimit;
  readonly countLogin: (result: LoginResult) => void;
  readonly recordUsage: RecordUsage;
}

/** `POST /login` and `POST /logout`. */
export function createLoginRoutes({
  tenants,
  sessions,
  loginLimit,
  countLogin,
  recordUsage,
}: LoginDeps): Router {
  const gate = createGate(CHECKS);

  const checkPassword = (password: string, hash: string | undefined): Promise<boolean> =>
    gate
      .run(() => verifyPassword(password, hash))
      .catch((error: unknown) => {
        if (!(error instanceof GateFullError)) throw error;
        throw new ClientError(503, "busy", "Too many people log in at this moment: try again soon", {
          "Retry-After": "2",
        });
      });

  async function attempt({ tenant, email, password }: Login): Promise<Outcome> {
    const admission = await loginLimit.admit(tenant, email);
    if (!admission.admitted) return { result: "rate_limited", retryAfterMs: admission.retryAfterMs };
    try {
      const found = await tenants.findCredentials(tenant, email);
      if (!(await checkPassword(password, found?.passwordHash ?? undefined)) || !found) {
        return { result: "invalid_credentials" };
      }
      await admission.release();
      return {
        result: "success",
        session: { tenantId: found.tenantId, employeeId: found.employeeId, tenant },
      };
    } catch (error) {
      // Our trouble must not lock people out.
      await admission.release().catch(() => undefined);
      throw error;
    }
  }

  const router = express.Router();

  router.post("/login", parseJson, async (request, response) => {
    const login = parseInput(loginSchema, request.body);
    const outcome = await attempt(login).catch((error: unknown) => {
      countLogin("error");
      throw error;
    });
    if (outcome.result === "rate_limited") {
      countLogin("rate_limited");
      const seconds = Math.ceil(outcome.retryAfterMs / 1_000);
      throw new ClientError(429, "rate_limited", "Too many failed logins: try again later", {
        "Retry-After": String(seconds),
      });
    }
    if (outcome.result === "invalid_credentials") {
      countLogin("invalid_credentials");
      throw new ClientError(401, "invalid_credentials", "Tenant, e-mail or password is wrong");
    }
    const token = await sessions.create(outcome.session).catch((error: unknown) => {
      countLogin("error");
      throw error;
    });
    countLogin("success");
    recordUsage({ kind: "login", tenantId: outcome.session.tenantId, userId: outcome.session.employeeId });
    setSessionCookie(request, response, token);
    response.json({
      token,
      expiresInSeconds: SESSION_TTL_MS / 1_000,
      employeeId: outcome.session.employeeId,
    });
  });

  router.post("/logout", authenticate(sessions), async (request, response) => {
    const token = tokenOf(request);
    if (token !== undefined) await sessions.end(token);
    clearSessionCookie(request, response);
    response.status(204).end();
  });

  return router;
}
