/** What the page needs of the API's answers; docs: /api/openapi.json. */
export interface Person {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly title: string;
  readonly department: string;
  readonly location: string;
}

export interface Profile extends Person {
  readonly phone: string;
  readonly role: "user" | "manager" | "admin" | "super_admin";
  readonly manager: { readonly id: string; readonly name: string } | null;
  readonly version: number;
}

export interface People {
  readonly employees: readonly Person[];
  readonly isApproximate: boolean;
  readonly nextCursor: string | null;
}

export interface Chart {
  readonly managers: readonly Person[];
  readonly reports: readonly (Person & { readonly reports: number })[];
}

export interface Me {
  readonly tenant: { readonly name: string };
  readonly employee: Profile;
}

export interface FieldChange {
  readonly field: string;
  readonly to: unknown;
  readonly by: string | null;
}

/** A refusal, in the API's own words. */
export class Refusal extends Error {
  readonly status: number;
  readonly code: string;
  readonly changes: readonly FieldChange[];
  constructor(status: number, code: string, detail: string, changes: readonly FieldChange[] = []) {
    super(detail);
    this.status = status;
    this.code = code;
    this.changes = changes;
  }
}

/** Asks the API. @throws Refusal */
export async function ask<T>(path: string, method = "GET", body?: object, signal?: AbortSignal): Promise<T> {
  const response = await fetch(path, {
    method,
    ...(body && { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
    ...(signal && { signal }),
  }).catch((error: unknown) => {
    if (signal?.aborted) throw error;
    throw new Refusal(
      0,
      "unreachable",
      "The directory cannot be reached: check the connection and try again",
    );
  });
  const isJson = /json/.test(response.headers.get("content-type") ?? "");
  const answer = isJson ? await response.json() : undefined;
  if (response.ok) return answer as T;
  throw new Refusal(
    response.status,
    answer?.code ?? "unknown",
    answer?.detail ?? `The directory answered ${response.status}`,
    answer?.changes,
  );
}
