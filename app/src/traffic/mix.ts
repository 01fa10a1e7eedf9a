import type { Random } from "../demo/random.ts";

/** What people do, in per cent of their requests. The last four go wrong, as they do in real life. */
export const MIX = {
  search: 41,
  list: 2,
  view: 36.4,
  chart: 2,
  me: 7,
  update: 5,
  hire: 0.3,
  dismiss: 0.3,
  logout: 1.8,
  wrong_password: 1.2,
  missing_employee: 1,
  missing_page: 0.7,
  empty_search: 1.3,
} as const;

export type Action = keyof typeof MIX;

const TOTAL = Object.values(MIX).reduce((sum, weight) => sum + weight, 0);

export function chooseAction(random: Random): Action {
  let rest = random.next() * TOTAL;
  for (const [action, weight] of Object.entries(MIX)) {
    rest -= weight;
    if (rest < 0) return action as Action;
  }
  return "search";
}
