import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { generatePlugin } from "./generate.ts";
import { PLUGIN_ID } from "./manifest.ts";
import { frameOf, loadPlugin, panelProps, reacts } from "./test-grafana.ts";

const files = await generatePlugin();
const fileOf = (name: string): string => files[`grafana/plugins/slo-budget/generated/${name}`] ?? "";
const NOW = Date.UTC(2026, 10, 20, 12);

const falling = (from: number, perHour: number, hours: number): readonly number[] =>
  Array.from({ length: hours }, (_, i) => from - perHour * i);

describe("the module", () => {
  test("asks Grafana for React and @grafana/data, and brings neither", () => {
    const { dependencies } = loadPlugin(fileOf("module.js"), reacts[0]?.react);
    expect([...dependencies].sort()).toEqual(["@grafana/data", "exports", "react"]);
    expect(fileOf("module.js")).not.toMatch(/react\.(?:element|transitional)|jsx-runtime/);
  });

  test("is lean", () => {
    expect(Buffer.byteLength(fileOf("module.js"))).toBeLessThan(16_000);
  });

  test("offers its two settings with the defaults that it uses itself", () => {
    const { plugin } = loadPlugin(fileOf("module.js"), reacts[0]?.react);
    expect(plugin.options.map(({ path, defaultValue }) => [path, defaultValue])).toEqual([
      ["lookbackHours", 24],
      ["horizonDays", 30],
    ]);
  });
});

describe("plugin.json", () => {
  const manifest = JSON.parse(fileOf("plugin.json"));

  test("has a version and a date, no placeholders", () => {
    expect(fileOf("plugin.json")).not.toContain("%");
    expect(manifest.info.version).toMatch(/^\d+\.\d+\.\d+$/);
    expect(manifest.info.updated).toMatch(/^\d{4}-\d{2}-\d{2}$/);
  });

  test("has an id as Grafana demands it: organisation, name and type", () => {
    expect(manifest.id).toMatch(/^[a-z0-9]+-[a-z0-9]+-panel$/);
    expect(manifest.type).toBe("panel");
  });

  test("names logos that lie beside it", () => {
    expect(fileOf(manifest.info.logos.small)).toContain("<svg");
    expect(fileOf(manifest.info.logos.large)).toContain("<svg");
  });
});

describe.each(reacts)("on React $version", ({ react, server }) => {
  const { plugin } = loadPlugin(fileOf("module.js"), react);
  const draw = (...args: Parameters<typeof panelProps>): string =>
    server.renderToStaticMarkup(react.createElement(plugin.panel, panelProps(...args)));
  const namesIn = (markup: string): readonly string[] =>
    [...markup.matchAll(/<th scope="row".*?<\/span>(.*?)<\/th>/g)].map(([, name = ""]) => name);

  test("a budget is burnt down, projected and told in words", () => {
    const markup = draw([frameOf("directory-login", NOW, falling(0.5, 0.01, 25))], NOW);
    expect(markup).toContain('data-budget="directory-login"');
    expect(markup).toMatch(/<path d="M[^"]+L[^"]+"/);
    expect(markup).toContain("data-projection");
    expect(markup).toContain("26.0%");
    expect(markup).toContain("spent in 26 hours, 2026-11-21 14:00");
  });

  test("the most urgent budget comes first", () => {
    const markup = draw(
      [
        frameOf("good", NOW, falling(0.9, 0, 25)),
        frameOf("soon", NOW, falling(0.9, 0.02, 25)),
        frameOf("spent", NOW, falling(0.1, 0.01, 25)),
      ],
      NOW,
    );
    expect(namesIn(markup)).toEqual(["spent", "soon", "good"]);
    expect(markup).toContain('data-state="spent"');
  });

  test("gaps, NaN and infinities are left out", () => {
    const values = [0.9, null, Number.NaN, 0.8, Number.POSITIVE_INFINITY, 0.7, 0.6];
    const markup = draw([frameOf("holes", NOW, values)], NOW);
    expect(markup).not.toMatch(/NaN|Infinity|null/);
    expect(markup).toContain("60.0%");
  });

  test("no data is said to be no data", () => {
    expect(draw([], NOW)).toContain("No error budget was measured");
    expect(draw([frameOf("empty", NOW, [null, null])], NOW)).toContain("No error budget was measured");
  });

  test("a single sample is shown without a projection", () => {
    const markup = draw([frameOf("new", NOW, [1])], NOW);
    expect(markup).toContain("too little data to project");
    expect(markup).not.toContain("data-projection");
  });

  test("a series without the label slo has the name that Grafana gives it", () => {
    expect(namesIn(draw([frameOf(undefined, NOW, falling(1, 0, 3))], NOW))).toEqual(["Value"]);
  });

  test("names are text, whatever they hold", () => {
    const markup = draw([frameOf("<img src=x onerror=alert(1)>", NOW, falling(1, 0, 3))], NOW);
    expect(markup).not.toContain("<img");
  });

  test("a panel too low for a chart keeps the words", () => {
    const markup = draw([frameOf("directory-login", NOW, falling(1, 0, 3))], NOW, { height: 60 });
    expect(markup).not.toContain("<svg");
    expect(namesIn(markup)).toEqual(["directory-login"]);
  });

  test("every number of the drawing lies within the panel", () => {
    const markup = draw([frameOf("overspent", NOW, falling(1, 0.2, 25))], NOW);
    const heights = [...markup.matchAll(/ d="([^"]+)"/g)].flatMap(([, path = ""]) =>
      [...path.matchAll(/[ML]\S+ (\S+?)(?=[ML]|$)/g)].map(([, y]) => Number(y)),
    );
    expect(heights.length).toBeGreaterThan(20);
    for (const y of heights) expect(y >= 0 && y <= 400).toBe(true);
  });

  test("options that a board does not set are the defaults", () => {
    const frames = [frameOf("directory-login", NOW, falling(0.5, 0.01, 25))];
    const unset = draw(frames, NOW, { options: {} as never });
    expect(unset).toBe(draw(frames, NOW));
  });
});

test("no board needs the panel: each is readable in a Grafana without it", () => {
  const folder = new URL("../../../dashboards/generated/", import.meta.url);
  const boards = readdirSync(folder).filter((file) => file.endsWith(".json"));
  expect(boards.length).toBeGreaterThan(0);
  for (const file of boards) expect(readFileSync(new URL(file, folder), "utf8")).not.toContain(PLUGIN_ID);
});
