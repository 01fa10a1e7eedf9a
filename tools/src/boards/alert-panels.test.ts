import { expect, test } from "vitest";
import { checkPanels } from "./alert-panels.ts";
import { unseen } from "./exceptions.ts";
import { alertsThatLead, loadSurroundings } from "./law.ts";

const { boards, known } = await loadSurroundings();
const problemsOf = (panel: `${string}/${string}`, expr: string) =>
  checkPanels([{ name: "Some", panel, expr }], boards, known, unseen);

test("every alert leads to a panel that shows what it judges, those of promises and of the pager's own too", async () => {
  const leading = await alertsThatLead();
  expect(leading.map(({ name }) => name)).toEqual(
    expect.arrayContaining(["ServiceDown", "SloBurnsFast", "PagerRouteBroken"]),
  );
  expect(checkPanels(leading, boards, known, unseen)).toEqual([]);
});

test("a panel that is not there is found, and one that shows something else", () => {
  expect(problemsOf("overview/nothing", "up == 0")).toEqual([
    "Some leads to panel overview/nothing, which does not exist",
  ]);
  expect(problemsOf("nowhere/up", "up == 0")).toEqual([
    "Some leads to panel nowhere/up, which does not exist",
  ]);
  expect(problemsOf("overview/latency", 'up{job="app"} == 0')).toEqual([
    "Some leads to panel overview/latency, which shows none of up",
  ]);
  expect(problemsOf("watchkeeper/up", 'up{job="app"} == 0')).toEqual([]);
  expect(problemsOf("overview/latency", "rate(http_request_duration_seconds_count[5m]) > 1")).toEqual([]);
});
