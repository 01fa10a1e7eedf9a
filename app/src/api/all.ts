import * as about from "./about.ts";
import * as company from "./company.ts";
import type { Operation } from "./operation.ts";
import * as people from "./people.ts";
import * as session from "./session.ts";

/** Everything that the API can be asked for. */
export const operations: readonly Operation[] = [session, people, company, about].flatMap(
  (group): readonly Operation[] => Object.values(group) as unknown as Operation[],
);
