import type { LoginResult } from "@watchkeeper/exporters/auth";
import express, { type Request, type Response, type Router } from "express";
import type { z } from "zod";
import * as operations from "../api/session.ts";
import type { Directory } from "../directory.ts";
import type { OwnPassword } from "../employees/own-password.ts";
import type { LoginLimit } from "../login-limit.ts";
import type { Passwords } from "../passwords.ts";
import { notFound, Problem, rateLimited } from "../problem.ts";
import { SESSION_TTL_MS, type Session, type Sessions } from "../session.ts";
import { clearSessionCookie, setSessionCookie, tokenOf } from "../session-cookie.ts";
import type { Tenants } from "../tenants.ts";
import type { RecordUsage } from "../usage/event.ts";
import type { Mount } from "./mount.ts";

type Login = z.infer<(typeof operations.login)["body"] & z.ZodType>;

type Outcome =
  | { readonly result: "success"; readonly session: Session }
  | { readonly result: "invalid_credentials" }
  | { readonly result: "rate_limited"; readonly retryAfterMs: number };

export interface SessionRouteDeps {
  readonly tenants: Tenants;
  readonly directory: Directory;
  readonly sessions: Sessions;
  readonly passwords: Passwords;
  readonly ownPassword: OwnPassword;
  readonly loginLimit: LoginLimit;
  readonly countLogin: (result: LoginResult) => void;
  readonly recordUsage: RecordUsage;
}

const tooManyAttempts = (retryAfterMs: number): Problem =>
  rateLimited("Too many failed attempts to sign in: try again later", retryAfterMs);

/** Signing in, signing out, who one is, and one's password. */
export function createSessionRoutes(mount: Mount, deps: SessionRouteDeps): Router {
  const { tenants, directory, sessions, passwords, ownPassword, loginLimit, countLogin, recordUsage } = deps;

  async function attempt({ tenant, email, password }: Login, address: string): Promise<Outcome> {
    const admission = await loginLimit.admit(tenant, email, address);
    if (!admission.admitted) return { result: "rate_limited", retryAfterMs: admission.retryAfterMs };
    try {
      const found = await tenants.findCredentials(tenant, email);
      if (!(await passwords.verify(password, found?.passwordHash ?? undefined)) || !found) {
        await admission.fail();
        return { result: "invalid_credentials" };
      }
      await admission.release();
      const { tenantId, employeeId } = found;
      return { result: "success", session: { tenantId, employeeId, tenant } };
    } catch (error) {
      // Our trouble must not lock people out.
      await admission.release().catch(() => undefined);
      throw error;
    }
  }

  async function open(session: Session, request: Request, response: Response) {
    const token = await sessions.create(session);
    setSessionCookie(request, response, token);
    return { token, expiresInSeconds: SESSION_TTL_MS / 1_000, employeeId: session.employeeId };
  }

  const whoIs = async (session: Session) => {
    const [tenant, employee] = await Promise.all([
      tenants.find(session),
      directory.find(session, session.employeeId),
    ]);
    if (!tenant || !employee) throw notFound();
    return { tenant, employee };
  };

  /** Guesses here count as guesses at the door. @returns the hash that the password was checked against */
  async function requireOwnPassword(session: Session, password: string, address: string): Promise<string> {
    const { tenant, employee } = await whoIs(session);
    const admission = await loginLimit.admit(tenant.slug, employee.email, address);
    if (!admission.admitted) throw tooManyAttempts(admission.retryAfterMs);
    let hash: string | undefined;
    try {
      hash = await ownPassword.findHash(session);
      if ((await passwords.verify(password, hash)) && hash !== undefined) {
        await admission.release();
        return hash;
      }
    } catch (error) {
      await admission.release().catch(() => undefined);
      throw error;
    }
    await admission.fail();
    throw new Problem("wrong_password");
  }

  const counted = async <T>(work: Promise<T>): Promise<T> =>
    work.catch((error: unknown) => {
      countLogin("error");
      throw error;
    });

  const router = express.Router();

  mount(router, operations.login, async ({ body, request, response }) => {
    const outcome = await counted(attempt(body, request.ip ?? ""));
    if (outcome.result === "rate_limited") {
      countLogin("rate_limited");
      throw tooManyAttempts(outcome.retryAfterMs);
    }
    if (outcome.result === "invalid_credentials") {
      countLogin("invalid_credentials");
      throw new Problem("invalid_credentials");
    }
    const opened = await counted(open(outcome.session, request, response));
    countLogin("success");
    recordUsage({ kind: "login", tenantId: outcome.session.tenantId, userId: outcome.session.employeeId });
    return opened;
  });

  mount(router, operations.logout, async ({ request, response }) => {
    const token = tokenOf(request);
    if (token !== undefined) await sessions.end(token);
    clearSessionCookie(request, response);
  });

  mount(router, operations.me, ({ session }) => whoIs(session));

  mount(router, operations.changePassword, async ({ session, body, request, response }) => {
    const checked = await requireOwnPassword(session, body.currentPassword, request.ip ?? "");
    const replacement = await passwords.hash(body.newPassword);
    // First, as without Redis no password must change whose sessions would go on; and again for those begun meanwhile.
    await sessions.endAll(session.employeeId);
    if (!(await ownPassword.replace(session, checked, replacement))) throw new Problem("wrong_password");
    await sessions.endAll(session.employeeId);
    return open(session, request, response);
  });

  return router;
}
