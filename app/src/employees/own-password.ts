import type { Database, Scope } from "../database.ts";

/** The password of whoever asks, as its hash. */
export interface OwnPassword {
  /** Undefined for people who may not sign in. */
  findHash(scope: Scope): Promise<string | undefined>;
  /** @returns false when the hash is no longer the one that was checked */
  replace(scope: Scope, checked: string, replacement: string): Promise<boolean>;
}

export function createOwnPassword(database: Database): OwnPassword {
  return {
    findHash: (scope) =>
      database.inTenant(scope, async ({ query }) => {
        const text = "SELECT own_password_hash() AS hash";
        return (await query<{ hash: string | null }>("password_find", text)).rows[0]?.hash ?? undefined;
      }),
    replace: (scope, checked, replacement) =>
      database.inTenant(scope, async ({ query }) => {
        const text = "SELECT replace_own_password($1, $2) AS replaced";
        const { rows } = await query<{ replaced: boolean }>("password_replace", text, [checked, replacement]);
        return rows[0]?.replaced ?? false;
      }),
  };
}
