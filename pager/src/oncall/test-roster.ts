import { parseOnCallFile } from "./file/parse.ts";
import { buildRoster, type Roster } from "./roster.ts";

/** A company of four that takes turns every day at 09:00 in Berlin; who is on call, what is missing, is easy to see. */
export const SAMPLE = `
teams:
  product: { title: Product, owner: ada, workingHours: { zone: Europe/Berlin, days: [Monday, Tuesday, Wednesday, Thursday, Friday], from: "09:00", to: "17:00" } }
  platform: { title: Platform, owner: cyd, workingHours: { zone: UTC, from: "09:00", to: "17:00" } }
people:
  ada: { name: Ada, team: product, channels: [{ channel: email, address: ada@example.org }, { channel: ntfy, address: ada }] }
  bob: { name: Bob, team: product, channels: [{ channel: email, address: bob@example.org }] }
  cyd: { name: Cyd, team: platform, channels: [{ channel: sms, address: "+4915112345678" }, { channel: email, address: cyd@example.org }] }
schedules:
  product:
    title: Product, first line
    team: product
    zone: Europe/Berlin
    layers:
      - { name: days, people: [ada, bob], starts: 2026-02-02 09:00, turn: 1 day }
  office:
    title: Platform, office hours
    team: platform
    zone: Europe/Berlin
    layers:
      - { name: office, people: [cyd], starts: 2026-02-02 00:00, turn: 1 week, windows: [{ from: "09:00", to: "17:00" }] }
policies:
  product:
    title: Product
    levels:
      - { targets: ["schedule:product"], wait: 5m }
      - { targets: ["team:product", "person:cyd"], wait: 10m }
    repeat: 1
    next: platform
  platform:
    title: Platform
    levels: [{ targets: ["schedule:office"], wait: 1m }]
    repeat: 2
    acknowledgementLasts: forever
routes:
  - { service: shop, priority: [P0, P1], policy: product }
  - { labels: { team: platform }, policy: platform }
catchAll: ["person:cyd"]
`;

export const sampleRoster = (): Roster => buildRoster(parseOnCallFile(SAMPLE, "sample.yaml"));
