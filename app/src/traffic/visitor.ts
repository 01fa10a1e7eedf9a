import type { Clock } from "@watchkeeper/process/clock";
import { z } from "zod";
import type { DemoEmployee, DemoTenant } from "../demo/people.ts";
import type { Random } from "../demo/random.ts";
import type { Answer, DirectoryClient, DirectoryRequest } from "./client.ts";
import { createHiring } from "./hiring.ts";
import type { Action } from "./mix.ts";
import { chooseTerm } from "./terms.ts";

/** One virtual person, who does one thing at a time. */
export interface Visitor {
  /** False while an answer is awaited, the directory has asked to wait, or somebody else has just logged in. */
  isReady(): boolean;
  /**
   * Sends one request; where something else must come first, such as a login, it does that.
   *
   * @returns the status code
   * @throws Error when no answer comes
   */
  act(action: Action): Promise<number>;
}

/** Spreads logins out: people do not all arrive in the second in which the directory starts. */
export interface LoginPace {
  nextMs: number;
}

export interface VisitorDeps {
  readonly client: DirectoryClient;
  readonly password: string;
  readonly random: Random;
  readonly clock: Clock;
  readonly loginPace: LoginPace;
}

/** Enough for a lively directory, few enough to remember. */
const VISITORS = 60;

/** Three wrong passwords in a quarter of an hour stay below the five at which the directory refuses more. */
const WRONG_PASSWORD_PAUSE_MS = 5 * 60_000;

/** Checking a password is the most expensive thing that one can ask of the directory. */
const LOGIN_GAP_MS = 1_000;

/** How many profiles a person keeps coming back to. */
const FAVOURITES = 3;

const loginSchema = z.object({ token: z.string() });
const searchSchema = z.object({
  employees: z.array(z.object({ id: z.string() })),
  nextCursor: z.string().nullable(),
});
const meSchema = z.object({ employee: z.object({ version: z.number() }) });
const profileSchema = z.object({ version: z.number() });

/** @param address where the person seems to be; nobody else is there */
export function createVisitor(
  tenantSlug: string,
  person: DemoEmployee,
  { client, password, random, clock, loginPace }: VisitorDeps,
  address?: string,
): Visitor {
  let token: string | undefined;
  let version: number | undefined;
  let found: readonly string[] = [];
  let nextPage: string | null = null;
  let favourites: readonly string[] = [];
  let isBusy = false;
  let blockedUntilMs = 0;
  let nextWrongPasswordMs = 0;

  async function ask(request: DirectoryRequest): Promise<Answer> {
    const answer = await client({ token, address, ...request });
    if (answer.status === 401) token = undefined;
    if (answer.status === 429) blockedUntilMs = clock.now() + answer.retryAfterMs;
    return answer;
  }

  async function logIn(typed: string): Promise<number> {
    loginPace.nextMs = clock.now() + LOGIN_GAP_MS;
    const body = { tenant: tenantSlug, email: person.email, password: typed };
    const { status, body: answer } = await ask({
      method: "POST",
      path: "/api/login",
      token: undefined,
      body,
    });
    if (status === 200) token = loginSchema.parse(answer).token;
    return status;
  }

  async function search(term: string): Promise<number> {
    const { status, body } = await ask({ path: `/api/employees?q=${encodeURIComponent(term)}` });
    if (status === 200) found = searchSchema.parse(body).employees.map(({ id }) => id);
    return status;
  }

  const { hire, dismiss } = createHiring({ person, ask, random, clock });

  const actions: Readonly<Record<Action, () => Promise<number>>> = {
    search: () => search(chooseTerm(random)),
    async list() {
      const cursor = nextPage === null ? "" : `?cursor=${nextPage}`;
      const { status, body } = await ask({ path: `/api/employees${cursor}` });
      nextPage = status === 200 ? searchSchema.parse(body).nextCursor : null;
      return status;
    },
    chart: async () => (await ask({ path: `/api/employees/${person.managerId ?? person.id}/chart` })).status,
    hire: () => hire() ?? actions.search(),
    dismiss: () => dismiss() ?? actions.search(),
    async view() {
      const isReturning = favourites.length === FAVOURITES && random.next() < 2 / 3;
      // The first results are the ones that people open.
      const id = isReturning ? random.pick(favourites) : found[Math.floor(random.next() ** 3 * found.length)];
      if (id === undefined) return actions.search();
      if (!favourites.includes(id)) favourites = [...favourites, id].slice(-FAVOURITES);
      return (await ask({ path: `/api/employees/${id}` })).status;
    },
    async me() {
      const { status, body } = await ask({ path: "/api/me" });
      if (status === 200) version = meSchema.parse(body).employee.version;
      return status;
    },
    async update() {
      if (version === undefined) return actions.me();
      const change = { version, phone: `+1 555 01${10 + random.int(90)} ext. ${1_000 + random.int(9_000)}` };
      const { status, body } = await ask({
        method: "PATCH",
        path: `/api/employees/${person.id}`,
        body: change,
      });
      version = status === 200 ? profileSchema.parse(body).version : undefined;
      return status;
    },
    async logout() {
      const { status } = await ask({ method: "POST", path: "/api/logout" });
      if (status === 204) token = undefined;
      return status;
    },
    async wrong_password() {
      if (clock.now() < nextWrongPasswordMs) {
        return token === undefined ? logIn(password) : actions.search();
      }
      nextWrongPasswordMs = clock.now() + WRONG_PASSWORD_PAUSE_MS;
      const kept = token;
      const status = await logIn(`${password}?`);
      token = kept;
      return status;
    },
    missing_employee: async () =>
      (
        await ask({
          path: `/api/employees/00000000-0000-4000-8000-${String(random.int(1e12)).padStart(12, "0")}`,
        })
      ).status,
    missing_page: async () => (await ask({ path: `/pages/${random.int(1_000)}` })).status,
    empty_search: () => search(`nobody-${random.int(1_000)}`),
  };

  return {
    isReady() {
      const now = clock.now();
      return !isBusy && now >= blockedUntilMs && (token !== undefined || now >= loginPace.nextMs);
    },
    async act(action) {
      isBusy = true;
      try {
        if (token === undefined && action !== "wrong_password") return await logIn(password);
        return await actions[action]();
      } finally {
        isBusy = false;
      }
    },
  };
}

/** A fixed choice of the demo tenants' people, larger tenants being used more. */
export function createVisitors(
  deps: Omit<VisitorDeps, "loginPace"> & { readonly tenants: readonly DemoTenant[] },
): readonly Visitor[] {
  const everybody = deps.tenants.flatMap(({ slug, employees }) =>
    employees.map((person) => ({ slug, person })),
  );
  const chosen = new Set<(typeof everybody)[number]>();
  while (chosen.size < Math.min(VISITORS, everybody.length)) chosen.add(deps.random.pick(everybody));
  const loginPace = { nextMs: 0 };
  // From the network that is kept free for tests of this kind.
  return [...chosen].map(({ slug, person }, i) =>
    createVisitor(slug, person, { ...deps, loginPace }, `198.18.0.${i + 1}`),
  );
}
