import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import type { Board } from "./model.ts";
import { panelsOf } from "./panels-of.ts";
import { findUnsupported, findUnsupportedOfBoard } from "./supported.ts";

/** Every board that Grafana gets must be drawn here, too. */

const folder = fileURLToPath(new URL("../../../grafana/dashboards/generated/", import.meta.url));
const files = readdirSync(folder).filter((file) => file.endsWith(".json"));

test("there are boards", () => {
  expect(files).toContain("overview.json");
});

describe.each(files)("%s", (file) => {
  const board = JSON.parse(readFileSync(folder + file, "utf8")) as Board;

  test("has the uid of its file's name", () => {
    expect(`${board.uid}.json`).toBe(file);
  });

  test("uses nothing that the console does not draw", () => {
    const found = panelsOf(board).flatMap((panel) =>
      findUnsupported(panel).map((path) => `${panel.title}: ${path}`),
    );
    expect([...found, ...findUnsupportedOfBoard(board)]).toEqual([]);
  });

  test("has panels with numbers of their own", () => {
    const ids = panelsOf(board).map(({ id }) => id);
    expect(ids.every((id) => Number.isInteger(id) && Number(id) > 0)).toBe(true);
    expect(new Set(ids).size).toBe(ids.length);
  });
});
