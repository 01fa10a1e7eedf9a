import type { Express, Request } from "express";

/** The route of a request that no route matched. */
export const UNMATCHED_ROUTE = "unmatched";

type Path = string | RegExp;

/** The public listing of a router's routes (router 2.3), which its type declarations do not know yet. */
interface Listing {
  listRoutes(): { path: Path; methods: string[] | undefined; router: Listing | undefined }[];
}

interface Candidate {
  readonly template: string;
  readonly pattern: RegExp;
}

/** Deeper nesting than this is a router mounted inside itself. */
const MAX_DEPTH = 10;

const join = (prefix: string, path: Path): string =>
  `${prefix}${path}`.replace(/\/+/g, "/").replace(/(.)\/$/, "$1");

/** A regular expression that recognises the paths of a template in path-to-regexp 8's notation. */
function patternOf(template: string): RegExp {
  const source = template.replace(/[:*](?:[\p{L}\p{N}_$]+|"[^"]*")|[{}]|[.+?^$()|[\]\\]/gu, (token) => {
    if (token === "{") return "(?:";
    if (token === "}") return ")?";
    if (token.length > 1) return token.startsWith(":") ? "[^/]+" : ".+";
    return `\\${token}`;
  });
  return new RegExp(`^${source}/?$`, "i");
}

function candidatesBelow(router: Listing, paths: ReadonlySet<unknown>, prefix = "", depth = 0): Candidate[] {
  if (depth > MAX_DEPTH) return [];
  return router.listRoutes().flatMap(({ path, router: mounted }) => {
    const template = join(prefix, path);
    if (mounted) return candidatesBelow(mounted, paths, template, depth + 1);
    return paths.has(path) ? [{ template, pattern: patternOf(template) }] : [];
  });
}

/**
 * Gives what belongs to the route of a request, once its route has been chosen. It is made once for each full route
 * template, such as `/api/teams/:team/people/:id`.
 *
 * Express knows the template of the route itself only; of the routers around it `baseUrl` holds the real values
 * (`/api/teams/42`) and is already gone when an error handler of the app answers. So the templates are looked up in
 * the routers' listing, once per route; where one router is mounted twice the path decides.
 */
export function createRouteMemory<T>(app: Express, make: (template: string) => T): (request: Request) => T {
  const made = new Map<string, T>();
  /** Kept on the route itself: a look-up in a map would be a fifth of what a request's record takes. */
  const known = Symbol("watchkeeper.route");
  const knownSeveral = new WeakMap<object, Candidate[]>();

  function ofTemplate(template: string): T {
    const existing = made.get(template);
    if (existing !== undefined) return existing;
    const fresh = make(template);
    made.set(template, fresh);
    return fresh;
  }
  const unmatched = ofTemplate(UNMATCHED_ROUTE);

  function candidatesOf(route: { path: Path | Path[] }, owner: Express): Candidate[] {
    const paths = new Set([route.path].flat(10));
    const router = owner.router as unknown as Listing;
    return candidatesBelow(router, paths, owner === app ? "" : owner.path());
  }

  function resolve(route: { path: Path | Path[] }, request: Request): T {
    const candidates = knownSeveral.get(route) ?? candidatesOf(route, request.app as Express);
    if (candidates.length > 1) {
      knownSeveral.set(route, candidates);
      const path = request.originalUrl.split("?")[0] ?? "";
      const match = candidates.find(({ pattern }) => pattern.test(path)) ?? candidates[0];
      return ofTemplate(match?.template ?? UNMATCHED_ROUTE);
    }
    // A router behind a function of its own cannot be seen: what is known is its end.
    const only = ofTemplate(candidates[0]?.template ?? `*${[route.path].flat(10).join("|")}`);
    Object.defineProperty(route, known, { value: only });
    return only;
  }

  return (request) => {
    const route: { path: Path | Path[] } | undefined = request.route;
    if (!route) return unmatched;
    return (route as { [known]?: T })[known] ?? resolve(route, request);
  };
}

/** Gives the full route template of a request, once its route has been chosen. */
export const createRouteTemplates = (app: Express): ((request: Request) => string) =>
  createRouteMemory(app, (template) => template);
