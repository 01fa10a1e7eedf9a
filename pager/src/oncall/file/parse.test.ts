import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { OnCallFileError, parseOnCallFile } from "./parse.ts";

const demo = readFileSync(new URL("../../../on-call.yaml", import.meta.url), "utf8");

/** The demo's file with one text replaced by another. */
const changed = (from: string, to: string): string => {
  expect(demo).toContain(from);
  return demo.replace(from, to);
};
const lineOf = (text: string, part: string): number => text.slice(0, text.indexOf(part)).split("\n").length;

function refusal(text: string): OnCallFileError {
  try {
    parseOnCallFile(text, "on-call.yaml");
  } catch (error) {
    if (error instanceof OnCallFileError) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}

test("the demo's file is right", () => {
  const file = parseOnCallFile(demo, "on-call.yaml");
  expect(Object.keys(file.people)).toEqual(["ada", "bob", "cyd", "dan"]);
  expect(file.policies.directory?.levels[0]).toEqual({ targets: ["schedule:directory"], wait: 300_000 });
});

const TEAM = "    team: directory\n    zone: Europe/Berlin\n";
const WEEKS = "people: [ada, bob]\n        starts: 2026-01-05 09:00\n        turn: 1 week\n";
const CHANNELS =
  '    channels:\n      - { channel: ntfy, address: ada-pages }\n      - { channel: sms, address: "+15550100201" }\n      - { channel: voice, address: "+15550100201" }\n      - { channel: email, address: ada@localhost }\n';

/** What was replaced, by what, the text at the start of whose line the error points, and what it says. */
const mistakes: readonly (readonly [string, string, string, string, string])[] = [
  [
    "a Slack name instead of a member ID",
    "name: Bob Example",
    "name: Bob Example\n    slackUser: bob",
    "slackUser: bob",
    "a member ID of Slack looks like U024BE7LH",
  ],
  [
    "two people with one member ID of Slack",
    CHANNELS,
    `${CHANNELS}    slackUser: U024BE7LH\n  eve:\n    name: Eve\n    team: directory\n${CHANNELS}    slackUser: "U024BE7LH"\n`,
    'slackUser: "U024BE7LH"',
    '"ada" is U024BE7LH too',
  ],
  [
    "an unknown time zone",
    TEAM,
    TEAM.replace("Berlin", "Berln"),
    "zone: Europe/Berln",
    'schedules.directory.zone: "Europe/Berln" is no time zone',
  ],
  [
    "a zone without its continent",
    TEAM,
    TEAM.replace("Europe/", ""),
    "zone: Berlin",
    "perhaps Europe/Berlin",
  ],
  [
    "a zone in small letters",
    TEAM,
    TEAM.replace("Europe/Berlin", "europe/berlin"),
    "zone: europe",
    "write Europe/Berlin",
  ],
  [
    "an offset as a zone",
    TEAM,
    TEAM.replace("Europe/Berlin", '"+01:00"'),
    'zone: "+01',
    "is an offset, which has no daylight saving time",
  ],
  [
    "a person without channels",
    CHANNELS,
    "    channels: []\n",
    "channels: []",
    "people.ada.channels: nobody could be told: give them a channel",
  ],
  ["a person with no word about channels", CHANNELS, "", "ada:", "people.ada.channels: it is missing"],
  [
    "a channel that there is not",
    "{ channel: ntfy, address: ada-pages }",
    "{ channel: pigeon, address: ada-pages }",
    "{ channel: pigeon",
    "people.ada.channels.0.channel: Invalid option",
  ],
  [
    "an empty layer",
    WEEKS,
    WEEKS.replace("[ada, bob]", "[]"),
    "people: []",
    "an empty layer has nobody on call",
  ],
  [
    "a schedule without layers",
    `layers:\n      - name: weeks\n        ${WEEKS}`,
    "layers: []\n",
    "layers: []",
    "a schedule without layers has nobody on call",
  ],
  [
    "a layer that lies over all of another",
    WEEKS,
    `${WEEKS}      - name: hidden\n        ${WEEKS}`,
    "- name: weeks",
    'nobody of it is ever on call, as the layer "hidden" lies over all of it',
  ],
  [
    "two layers of one name",
    WEEKS,
    `${WEEKS}      - name: weeks\n        ${WEEKS.replace("week\n", 'week\n        windows: [{ from: "09:00", to: "10:00" }]\n')}`,
    "- name: weeks\n        people: [ada, bob]\n        starts: 2026-01-05 09:00\n        turn: 1 week\n        windows",
    'another layer is called "weeks" too',
  ],
  [
    "windows that overlap",
    WEEKS,
    `${WEEKS}        windows:\n          - { from: "22:00", to: "06:00" }\n          - { days: [Monday], from: "05:00", to: "07:00" }\n`,
    '- { days: [Monday], from: "05',
    "the window overlaps one before it",
  ],
  [
    "a window that never opens",
    WEEKS,
    `${WEEKS}        windows: []\n`,
    "windows: []",
    "without a window the layer never has anybody on call",
  ],
  [
    "a layer that ends before it starts",
    WEEKS,
    `${WEEKS}        ends: 2025-01-05 09:00\n`,
    "ends: 2025",
    "the layer ends before it starts",
  ],
  [
    "a date that there is not",
    "starts: 2026-01-05 09:00",
    "starts: 2026-02-31 09:00",
    "starts: 2026-02-31",
    '"2026-02-31 09:00" is no date and time',
  ],
  ["a turn of nothing", "turn: 1 week", "turn: 0 weeks", "turn: 0", '"0 weeks" is no turn'],
  [
    "somebody unknown in a layer",
    "people: [ada, bob]",
    "people: [ada, bop]",
    "people: [ada, bop]",
    'there is no person "bop": known are ada, bob, cyd, dan',
  ],
  [
    "an override that overlaps another",
    TEAM,
    `${TEAM}    overrides:\n      - { from: 2026-12-24 09:00, to: 2026-12-27 09:00, person: ada }\n      - { from: 2026-12-26 09:00, to: 2026-12-28 09:00, person: bob }\n`,
    "- { from: 2026-12-26",
    "it overlaps another override",
  ],
  [
    "a swap with oneself",
    TEAM,
    `${TEAM}    swaps:\n      - { from: 2026-12-24 09:00, to: 2026-12-27 09:00, between: [ada, ada] }\n`,
    "- { from: 2026-12-24",
    "a swap is between two different people",
  ],
  [
    "policies in a circle",
    "repeat: 2\n",
    "repeat: 2\n    next: directory\n",
    "next: platform",
    "the policies go in a circle, directory → platform → directory",
  ],
  [
    "a policy that there is not",
    "next: platform",
    "next: platforms",
    "next: platforms",
    'there is no policy "platforms"',
  ],
  [
    "a target that there is not",
    '"schedule:directory"',
    '"schedule:directry"',
    '- { targets: ["schedule:directry"]',
    'there is no schedule "directry"',
  ],
  [
    "a level that waits for no time",
    "wait: 5m",
    "wait: 0s",
    '- { targets: ["schedule:directory"]',
    '"0s" is no time between 1s and 24h',
  ],
  [
    "a route that never decides",
    "- { policy: platform }\n",
    "- { policy: platform }\n  - { service: pager, policy: platform }\n",
    "- { service: pager",
    "it never decides, as route 2 takes all of it",
  ],
  [
    "an empty catch-all",
    'catchAll: ["team:platform", "team:directory"]',
    "catchAll: []",
    "catchAll",
    "a level that asks nobody only loses time",
  ],
  [
    "a typing error in a setting",
    "repeat: 1",
    "repeats: 1",
    "repeats: 1",
    "policies.directory.repeats: there is no such setting",
  ],
  [
    "a team that nobody is in",
    "\npeople:\n",
    '  empty:\n    title: Empty\n    owner: ada\n    workingHours: { zone: UTC, from: "09:00", to: "17:00" }\n\npeople:\n',
    "empty:",
    "nobody is in the team",
  ],
  ["a key twice", "  bob:\n    name", "  ada:\n    name", "  ada:\n    name: Bob", "Map keys must be unique"],
  [
    "what is no YAML",
    "  directory:\n    title: Company Directory\n    owner",
    "  directory:\n\ttitle: Company Directory\n    owner",
    "\ttitle",
    "Tabs are not allowed as indentation",
  ],
];

describe("one error that names the line for", () => {
  test.each(mistakes)("%s", (_title, from, to, where, says) => {
    const text = changed(from, to);
    const { message } = refusal(text);
    expect(message).toContain(says);
    expect(message).toMatch(new RegExp(`^Cannot use on-call\\.yaml:${lineOf(text, where)} as `));
    expect(message).not.toContain("\n");
  });
});

test("all problems are listed in the order of their lines, and the first is the message", () => {
  const text = changed("zone: Europe/Berlin, days", "zone: Nowhere, days").replaceAll(
    "turn: 1 week",
    "turn: weekly",
  );
  const { message, problems } = refusal(text);
  expect(problems).toHaveLength(3);
  expect(message).toMatch(
    /^Cannot use on-call\.yaml:\d+ as teams\.directory\.workingHours\.zone: .* \(and 2 more\)$/,
  );
});

test.each([
  ["nothing", ""],
  ["a list", "[]"],
  ["a number", "5"],
  ["an alias of itself", "a: &a [*a]"],
  ["a tag of another language", "teams: !!js/function x"],
  ["a zero byte", "\0"],
  ["five thousand brackets", `people: ${"[".repeat(5_000)}`],
])("a file that holds %s is refused in one line", (_title, text) => {
  const { message } = refusal(text);
  expect(message).toMatch(/^Cannot use on-call\.yaml:\d+ as .+/);
  expect(message.length).toBeLessThan(400);
});
