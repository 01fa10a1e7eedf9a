import { expect, test } from "vitest";
import { defineMaintenance, type MaintenanceWindow, maintenanceOf } from "./maintenance.ts";

const weekly: MaintenanceWindow = {
  because: "The database is vacuumed.",
  slos: ["DirectoryQueries"],
  when: { every: "Sunday", at: "02:00", minutes: 30 },
};
const once = { ...weekly, when: { from: "2026-12-06T02:00:00Z", to: "2026-12-06T04:00:00Z" } };

test("a window is about the promises that it names, or about all", () => {
  const windows = defineMaintenance([weekly, { ...once, slos: "all" }], ["DirectoryQueries"]);
  expect(maintenanceOf("DirectoryQueries", windows)).toHaveLength(2);
  expect(maintenanceOf("DirectoryLogin", windows)).toHaveLength(1);
});

test.each<[string, MaintenanceWindow, string]>([
  ["an unknown promise", { ...weekly, slos: ["Nobody"] }, 'slos must name promises: found "Nobody"'],
  [
    "a time without a zone",
    { ...once, when: { from: "2026-12-06T02:00:00", to: "2026-12-06T04:00:00Z" } },
    "from must be a time such as",
  ],
  [
    "an end before its begin",
    { ...once, when: { from: "2026-12-06T02:00:00Z", to: "2026-12-06T01:00:00Z" } },
    "to must be after from",
  ],
  [
    "a time of day that there is not",
    { ...weekly, when: { every: "Sunday", at: "25:00", minutes: 1 } },
    "at must be a time of day such as 02:00",
  ],
  [
    "no time at all",
    { ...weekly, when: { every: "Sunday", at: "02:00", minutes: 0 } },
    "minutes must be whole, more than 0",
  ],
  [
    "a fifth Sunday",
    { ...weekly, when: { the: 5 as 4, every: "Sunday", at: "02:00", minutes: 30 } },
    "the must be 1, 2, 3 or 4",
  ],
  [
    "a monthly window that goes on into the next day",
    { ...weekly, when: { the: 1, every: "Sunday", at: "23:00", minutes: 61 } },
    "minutes must end by midnight",
  ],
  ["no reason", { ...weekly, because: "" }, "because must be one sentence"],
])("%s is refused", (_, window, sentence) => {
  expect(() => defineMaintenance([window], ["DirectoryQueries"])).toThrow(
    `Cannot define maintenance window 1 as ${sentence}`,
  );
});
