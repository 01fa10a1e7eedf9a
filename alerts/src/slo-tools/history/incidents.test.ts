import { slos } from "@watchkeeper/catalogue/slos/all";
import { expect, test } from "vitest";
import { concerns, parseIncidents } from "./incidents.ts";

const parse = (text: string) => parseIncidents("past.yml", text, slos);
const whole = "{ begin: 2026-10-01T02:00:00Z, end: 2026-10-01T04:30:00+02:00, title: Out of disk }";

test("incidents are read from YAML and from JSON, in the order of their begins", () => {
  const text = `
- begin: 2026-10-02T10:00:00+02:00
  end: 2026-10-02T10:05:00+02:00
  title: Bad | deploy
  services: [app]
- ${whole}`;
  const incidents = parse(text);
  expect(incidents.map(({ title, from, to }) => [title, to - from])).toEqual([
    ["Out of disk", 1_800],
    ["Bad / deploy", 300],
  ]);
  expect(incidents[0]?.from).toBe(Date.UTC(2026, 9, 1, 2) / 1_000);
  const json = JSON.stringify([
    { begin: "2026-10-01T02:00:00Z", end: "2026-10-01T02:30:00Z", title: "Out of disk" },
  ]);
  expect(parse(json)).toEqual(incidents.slice(0, 1));
});

test("an incident concerns the services and promises that it names, or all", () => {
  const promise = (name: string) => slos.find((slo) => slo.name === name) as (typeof slos)[number];
  const [all, ofPager, ofLogin] = parse(`
- ${whole}
- { begin: 2026-10-03T02:00:00Z, end: 2026-10-03T02:30:00Z, title: Pager, services: [pager] }
- { begin: 2026-10-04T02:00:00Z, end: 2026-10-04T02:30:00Z, title: Login, promises: [DirectoryLogin] }`);
  const broken = [all, ofPager, ofLogin].map((each) =>
    ["DirectoryLogin", "DirectorySearch", "PagerDelivery"].filter(
      (name) => each && concerns(each, promise(name)),
    ),
  );
  expect(broken).toEqual([
    ["DirectoryLogin", "DirectorySearch", "PagerDelivery"],
    ["PagerDelivery"],
    ["DirectoryLogin"],
  ]);
});

test.each([
  ["[", "the file must be YAML or JSON: found "],
  ["begin: 1", 'incidents must be a list: found {"begin":1}'],
  ["- 1", "incidents[0] must be a mapping of begin, end, title, services, promises: found 1"],
  [
    `- ${whole}\n- { begin: yesterday, end: 2026-10-01T02:00:00Z, title: x }`,
    'incidents[1].begin must be a time with its offset such as 2026-10-01T02:00:00Z: found "yesterday"',
  ],
  [
    "- { begin: 2026-10-01T02:00:00, end: 2026-10-01T02:00:00Z, title: x }",
    "incidents[0].begin must be a time with its offset",
  ],
  [
    "- { begin: 2026-10-01T02:00:00Z, end: 2026-10-01T01:00:00Z, title: x }",
    'incidents[0].end must be after its begin (2026-10-01T02:00:00Z): found "2026-10-01T01:00:00Z"',
  ],
  [
    "- { begin: 2026-10-01T02:00:00Z, end: 2026-10-01T03:00:00Z }",
    "incidents[0].title must be a text: found nothing",
  ],
  [
    "- { begin: 2026-10-01T02:00:00Z, end: 2026-10-01T03:00:00Z, title: x, promises: [Nobody] }",
    "incidents[0].promises[0] must be one of DirectoryAvailability,",
  ],
  [
    "- { begin: 2026-10-01T02:00:00Z, end: 2026-10-01T03:00:00Z, title: x, severity: P1 }",
    'the fields of incidents[0] must be among begin, end, title, services, promises: found "severity"',
  ],
])("%j is refused in one sentence", (text, reason) => {
  expect(() => parse(text)).toThrow(`Cannot read incidents from "past.yml" as ${reason}`);
});
