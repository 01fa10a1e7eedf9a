import type { Log } from "@watchkeeper/process/log";
import type { Response } from "express";
import { requestIdOf } from "./request-log.ts";
import type { Session } from "./session.ts";

/**
 * Writes who tried to change what, and how it ended, into the log's audit stream when the answer is over. What was
 * changed from what into what is in the database's audit log: lines leave the installation, people's data does not.
 *
 * @param action id of the operation, such as `updateEmployee`
 */
export function writeAuditLine(audit: Log, action: string, response: Response): void {
  response.once("close", () => {
    const session: Session | undefined = response.locals.session;
    const params: { readonly id?: string } | undefined = response.locals.params;
    const line = {
      action,
      status: response.statusCode,
      requestId: requestIdOf(response),
      tenantId: session?.tenantId,
      actorId: session?.employeeId,
      targetId: params?.id,
    };
    audit.info(line, "audit");
  });
}
