import { until } from "@watchkeeper/testing/poll";
import { afterEach, expect, inject, test } from "vitest";
import {
  awaitMessages,
  incidentDetails,
  incidentsAbout,
  type Message,
  messagesAbout,
  postAlert,
  setFault,
} from "./received.ts";
import { pidOf, type Stack, urlOf } from "./stack.ts";

const stack: Stack = { portBase: inject("portBase"), stateRoot: inject("stateRoot") };
const channels: readonly Message["channel"][] = ["slack", "email", "pagerduty", "webhook"];

afterEach(() => Promise.all(channels.map((channel) => setFault(stack, channel, "ok"))));

const ready = (service: "pager"): Promise<true> =>
  until(
    `${service} to be ready`,
    async () => ((await fetch(`${urlOf(stack, service, "ops")}/readyz`)).status === 200 ? true : undefined),
    30_000,
  );

test("a pager that is killed between webhook and delivery loses nothing and doubles nothing", async () => {
  for (const channel of channels) await setFault(stack, channel, "hang");
  const startsAt = new Date();
  await postAlert(stack, "PagerKilled", { startsAt });
  const incident = await until(
    "the incident",
    async () => (await incidentsAbout(stack, "PagerKilled"))[0],
    40_000,
  );
  await until("attempts under way", async () => {
    const { deliveries = [] } = await incidentDetails(stack, incident.id);
    return deliveries.some(({ attempts }) => attempts > 0) || undefined;
  });
  for (const channel of channels) expect(await messagesAbout(stack, channel, "PagerKilled")).toEqual([]);

  process.kill(pidOf(stack, "pager"), "SIGKILL");
  for (const channel of channels) await setFault(stack, channel, "ok");

  const some = (messages: unknown[]): boolean => messages.length > 0;
  for (const channel of channels) await awaitMessages(stack, channel, "PagerKilled", some, 60_000);
  const [page] = await messagesAbout(stack, "pagerduty", "PagerKilled");
  await ready("pager");

  await postAlert(stack, "PagerKilled", { startsAt, endsAt: new Date() });
  await until(
    "the resolved incident",
    async () => (await incidentDetails(stack, incident.id)).state === "resolved" || undefined,
    90_000,
  );
  const slack = await awaitMessages(
    stack,
    "slack",
    "PagerKilled",
    ([message]) => /resolved/i.test(message?.text ?? ""),
    30_000,
  );
  expect(slack).toHaveLength(1);
  const events = await awaitMessages(
    stack,
    "pagerduty",
    page?.content.dedup_key,
    (messages) => messages.some(({ content }) => content.event_action === "resolve"),
    30_000,
  );
  expect(events.filter(({ content }) => content.event_action === "resolve")).toHaveLength(1);
  const allAbout = await messagesAbout(stack, "pagerduty", "PagerKilled");
  expect(new Set(allAbout.map(({ content }) => content.dedup_key)).size).toBe(1);
  expect(await incidentsAbout(stack, "PagerKilled")).toHaveLength(1);
});

test("incidents survive a pager's database that is killed", async () => {
  const before = await incidentsAbout(stack, "");
  expect(before.length).toBeGreaterThan(0);
  const killed = pidOf(stack, "pager-postgres");
  process.kill(killed, "SIGKILL");
  await until("a new database process", () => pidOf(stack, "pager-postgres") !== killed || undefined);
  await ready("pager");
  expect(await incidentsAbout(stack, "")).toEqual(before);
});
