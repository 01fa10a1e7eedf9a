import { afterAll, expect, inject, test } from "vitest";
import { awaitMessages } from "./received.ts";
import { runCommand, type Stack, urlOf } from "./stack.ts";

const stack: Stack = { portBase: inject("portBase"), stateRoot: inject("stateRoot") };

afterAll(() => runCommand(stack, ["start", "directory-postgres"]));

test("the directory's database going away is paged by a pager that does not need it", async () => {
  expect((await runCommand(stack, ["stop", "directory-postgres"])).code).toBe(0);
  const [page] = await awaitMessages(
    stack,
    "pagerduty",
    "DatabaseUnreachable",
    (messages) => messages.length > 0,
    180_000,
  );
  expect(page?.content.event_action).toBe("trigger");
  expect((await fetch(`${urlOf(stack, "app", "ops")}/healthz`)).status).toBe(200);
  expect((await fetch(`${urlOf(stack, "app", "ops")}/readyz`)).status).toBe(503);
  expect((await fetch(`${urlOf(stack, "pager", "ops")}/readyz`)).status).toBe(200);

  expect((await runCommand(stack, ["start", "directory-postgres"])).code).toBe(0);
  const events = await awaitMessages(
    stack,
    "pagerduty",
    page?.content.dedup_key,
    (messages) => messages.length === 2,
    120_000,
  );
  expect(events[1]?.content.event_action).toBe("resolve");
});
