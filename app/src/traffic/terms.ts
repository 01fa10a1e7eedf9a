import { departments } from "../demo/departments.ts";
import { givenNames } from "../demo/names.ts";
import type { Random } from "../demo/random.ts";

/** What everybody looks for, most wanted first. */
const POPULAR = ["support", "payroll", "it", "manager", ...departments.map(({ name }) => name.toLowerCase())];

/** Every eighth search is for some person's name; the others crowd around few terms, as searches do. */
export function chooseTerm(random: Random): string {
  if (random.next() < 1 / 8) return random.pick(givenNames).toLowerCase();
  return POPULAR[Math.floor(random.next() ** 2 * POPULAR.length)] ?? "support";
}
