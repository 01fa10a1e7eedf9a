import { z } from "zod";
import { profileSchema } from "../employees/model.ts";
import { tenantSchema } from "../tenants.ts";
import { newPassword } from "./fields.ts";
import { defineOperation } from "./operation.ts";

/** PostgreSQL refuses texts with a NUL, and no name has any other control character. */
const typed = (max: number) =>
  z
    .string()
    .trim()
    .toLowerCase()
    .min(1)
    .max(max)
    .regex(/^\P{C}*$/u, "must be printable");

const opened = z.object({ token: z.string(), expiresInSeconds: z.int(), employeeId: z.uuid() });

export const login = defineOperation({
  id: "signIn",
  method: "post",
  path: "/api/login",
  tag: "Session",
  summary: "Opens a session of eight hours: its token is in the answer and, for browsers, in a cookie",
  needsSession: false,
  body: z.strictObject({ tenant: typed(60), email: typed(254), password: z.string().min(1).max(200) }),
  answer: { status: 200, schema: opened },
  problems: ["invalid_credentials", "busy"],
});

export const logout = defineOperation({
  id: "signOut",
  method: "post",
  path: "/api/logout",
  tag: "Session",
  summary: "Ends the session",
  needsSession: true,
  answer: { status: 204 },
});

export const me = defineOperation({
  id: "whoAmI",
  method: "get",
  path: "/api/me",
  tag: "Session",
  summary: "Who is signed in, and where",
  needsSession: true,
  answer: { status: 200, schema: z.object({ tenant: tenantSchema, employee: profileSchema }) },
  problems: ["not_found"],
});

export const changePassword = defineOperation({
  id: "changeOwnPassword",
  method: "post",
  path: "/api/me/password",
  tag: "Session",
  summary: "Changes the own password, ends all sessions of the person and opens a new one for whoever asked",
  needsSession: true,
  body: z
    .strictObject({ currentPassword: z.string().min(1).max(200), newPassword })
    .refine((body) => body.currentPassword !== body.newPassword, {
      path: ["newPassword"],
      message: "must be another than the current one",
    }),
  answer: { status: 200, schema: opened },
  problems: ["wrong_password", "not_found", "busy"],
});
