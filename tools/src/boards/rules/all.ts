import type { Rule } from "../rule.ts";
import { linkRules } from "./links.ts";
import { panelRules } from "./panels.ts";
import { queryRules } from "./queries.ts";
import { shapeRules } from "./shape.ts";

/** Every rule that a generated board must keep. */
export const boardRules: readonly Rule[] = [...shapeRules, ...panelRules, ...linkRules, ...queryRules];
