// Writes expected.json: what Grafana's own @grafana/data makes of values and series, which the console must make of
// them, too. The package and the 209 others that it brings stay outside the repository:
//
//   folder=$(mktemp -d)
//   npm install --prefix "$folder" @grafana/data@13.2.3 react@19 react-dom@19 rxjs@7
//   node console/oracle/make-expected.mjs "$folder"
//
// `npx vitest run --project unit console/src/boards/oracle.test.ts` then says where the console differs.
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";

const [folder] = process.argv.slice(2);
if (!folder) {
  process.stderr.write("Cannot make expected.json as no folder with @grafana/data is given: see this file\n");
  process.exit(1);
}
const require = createRequire(join(resolve(folder), "package.json"));
const { version } = JSON.parse(
  readFileSync(join(resolve(folder), "node_modules/@grafana/data/package.json"), "utf8"),
);

/** Relative moments are told as of then. */
const NOW = Date.UTC(2026, 10, 20, 12);
Date.now = () => NOW;
// The package asks the browser for its language.
Object.defineProperty(globalThis, "navigator", { value: { language: "en-US", languages: ["en-US"] } });
const { createTheme, FieldType, getDisplayProcessor, formattedValueToString, reduceField } =
  require("@grafana/data");
const theme = createTheme();

const UNITS = [
  ...[
    "none",
    "short",
    "locale",
    "percent",
    "percentunit",
    "ms",
    "s",
    "bytes",
    "decbytes",
    "Bps",
    "binBps",
    "bps",
  ],
  ...["cps", "ops", "reqps", "rps", "wps", "iops", "hertz", "bool", "bool_yes_no", "bool_on_off"],
  ...["suffix:pages", "prefix:#"],
];
const SIZES = [
  ...[0, 0.000_000_5, 0.000_2, 0.004, 0.05, 0.1, 0.25, 0.5, 0.875, 0.999, 1, 1.005, 1.5, 2, 2.25, 3.3333],
  ...[7.77, 9.99, 10, 12.5, 42, 59.9, 60, 61, 90, 99.95, 100, 120, 123.456, 500, 999, 999.99, 1_000, 1_024],
  ...[1_500, 3_599, 3_600, 5_400, 7_200, 12_345, 65_536, 86_399, 86_400, 100_000, 172_800, 604_800, 999_999],
  ...[1_000_000, 1_048_576, 2_592_000, 31_536_000, 1e8, 1.5e9, 1.1e12, 1e15],
];
const VALUES = [...SIZES, -0.5, -1, -42, -1_500, -86_400, Number.NaN, Infinity, -Infinity];
const DECIMALS = [undefined, 0, 2];

function textOf(unit, value, decimals) {
  const config = { unit, ...(decimals !== undefined && { decimals }) };
  const display = getDisplayProcessor({ theme, timeZone: "utc", field: { type: FieldType.number, config } });
  return formattedValueToString(display(value));
}

const textsOf = (unit, values, decimals) =>
  Object.fromEntries(values.map((value) => [String(value), textOf(unit, value, decimals)]));

const units = Object.fromEntries(
  UNITS.map((unit) => [
    unit,
    Object.fromEntries(DECIMALS.map((decimals) => [decimals ?? "auto", textsOf(unit, VALUES, decimals)])),
  ]),
);

const MINUTE = 60_000;
const AGES = [0, 1, 20, 60, 90, 60 * 3, 60 * 24, 60 * 24 * 3, 60 * 24 * 40, 60 * 24 * 400].flatMap(
  (minutes) => [NOW - minutes * MINUTE, NOW + minutes * MINUTE],
);
const moments = {
  dateTimeAsIso: textsOf("dateTimeAsIso", AGES),
  dateTimeFromNow: textsOf("dateTimeFromNow", AGES),
};

const SERIES = {
  "a few": [3, 1, 2],
  one: [5],
  none: [],
  "only gaps": [null, null],
  "gaps inside": [1, null, 3, null, 8],
  "gaps at the ends": [null, 2, 4, null],
  zeros: [0, 0, 0],
  falling: [10, 5, 1],
  "below zero": [-1, -5, 3],
  "a counter that starts anew": [1, 5, 2, 4],
  "NaN inside": [1, Number.NaN, 3],
  "NaN at the ends": [Number.NaN, 2, Number.NaN],
  "infinity inside": [1, Infinity, 3],
  fractions: [0.1, 0.2, 0.3],
};
const REDUCERS = [
  ...["last", "lastNotNull", "first", "firstNotNull", "min", "max", "mean", "sum", "count", "range", "diff"],
];
const asJson = (value) => (typeof value === "number" && !Number.isFinite(value) ? String(value) : value);
const reducers = Object.fromEntries(
  Object.entries(SERIES).map(([name, values]) => {
    // Each reducer with a field of its own: results are cached in the field.
    const results = REDUCERS.map((reducer) => {
      const field = { name: "a", type: FieldType.number, config: {}, values };
      return [reducer, asJson(reduceField({ field, reducers: [reducer] })[reducer] ?? null)];
    });
    return [name, { values: values.map(asJson), results: Object.fromEntries(results) }];
  }),
);

const path = new URL("expected.json", import.meta.url);
writeFileSync(
  path,
  `${JSON.stringify({ package: `@grafana/data ${version}`, now: NOW, units, moments, reducers }, undefined, 2)}\n`,
);
