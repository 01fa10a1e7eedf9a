import type { Slo } from "@watchkeeper/catalogue/slo";
import { slos } from "@watchkeeper/catalogue/slos/all";
import { expect, test } from "vitest";
import type { LabelledIncident } from "./incidents.ts";
import type { Page } from "./page-judge.ts";
import { renderVerdict, type Sent } from "./verdict.ts";

const login = slos.find(({ name }) => name === "DirectoryLogin") as Slo;
const MINUTE = 60;
const page = (from: number, to: number): Page => ({
  from: from * MINUTE,
  to: to * MINUTE,
  tier: "1h",
  spent: 0.02,
});
const sent = (pages: readonly Page[], tickets: readonly Page[] = []): Sent => ({
  slo: login,
  group: "",
  pages,
  tickets,
  recorded: (from) => from < 1_000 * MINUTE,
});
const incident = (
  title: string,
  from: number,
  to: number,
  promises: readonly string[] = [],
): LabelledIncident => ({
  title,
  from: from * MINUTE,
  to: to * MINUTE,
  services: [],
  promises,
});

test("incidents are hits that paged, tickets, misses, or were not recorded; pages had an incident or none", () => {
  const incidents = [
    incident("outage", 100, 130),
    incident("slow burn", 300, 400),
    incident("blip", 600, 601),
    incident("before we measured", 1_100, 1_200),
  ];
  const now = sent([page(103, 140), page(500, 510)], [page(380, 420)]);
  expect(
    renderVerdict(incidents, { "as it is": [now], changed: [sent([page(608, 620)])] }).split("\n"),
  ).toEqual([
    "| Incident | Began (UTC) | Lasted | as it is | changed |",
    "| --- | --- | --- | --- | --- |",
    "| outage | 1970-01-01 01:40 | 30.0 min | page after 180 s, DirectoryLogin, 1h tier | **missed** |",
    "| slow burn | 1970-01-01 05:00 | 100.0 min | ticket after 80.0 min, DirectoryLogin, 1h tier | **missed** |",
    "| blip | 1970-01-01 10:00 | 60 s | **missed** | page after 8.0 min, DirectoryLogin, 1h tier |",
    "| before we measured | 1970-01-01 18:20 | 100.0 min | nothing recorded | nothing recorded |",
    "",
    "| Rules | paged | ticket only | missed | recall | pages | without incident | precision |",
    "| --- | --- | --- | --- | --- | --- | --- | --- |",
    "| as it is | 1 | 1 | 1 | 33.33% | 2 | 1 | 50.00% |",
    "| changed | 1 | 0 | 2 | 33.33% | 1 | 0 | 100.00% |",
    "",
    "| Page without incident | Began (UTC) | Lasted | SLO | Tier |",
    "| --- | --- | --- | --- | --- |",
    "| as it is | 1970-01-01 08:20 | 10.0 min | DirectoryLogin | 1h |",
  ]);
});

test("a page of a promise that the incident did not break is no hit", () => {
  const text = renderVerdict([incident("search", 100, 130, ["DirectorySearch"])], {
    now: [sent([page(103, 140)])],
  });
  expect(text).toContain("| search | 1970-01-01 01:40 | 30.0 min | nothing recorded |");
  expect(text).toContain("| now | 0 | 0 | 0 | - | 1 | 1 | 0.00% |");
});
