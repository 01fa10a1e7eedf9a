import { afterAll, expect, inject, test } from "vitest";
import { awaitMessages, incidentsAbout, messagesAbout } from "./received.ts";
import { runCommand, type Stack, urlOf } from "./stack.ts";

const stack: Stack = { portBase: inject("portBase"), stateRoot: inject("stateRoot") };

/** One minute of `for`, a scrape, an evaluation and Alertmanager's wait come to about 100 s; a loaded machine adds. */
const FIRES_WITHIN_MS = 180_000;
const RESOLVES_WITHIN_MS = 120_000;

afterAll(() => runCommand(stack, ["start", "app"]));

test("a directory that is stopped reaches a person by Slack, e-mail and page; started again, all of it resolves in place", async () => {
  const aboutTheDatabase = await messagesAbout(stack, "pagerduty", "DatabaseUnreachable");
  expect((await runCommand(stack, ["stop", "app"])).code).toBe(0);
  expect((await runCommand(stack, ["status"])).code).toBe(1);

  const some = (messages: unknown[]): boolean => messages.length > 0;
  const [slack] = await awaitMessages(stack, "slack", "ServiceDown:", some, FIRES_WITHIN_MS);
  const [email] = await awaitMessages(stack, "email", "ServiceDown:", some, 20_000);
  const [page] = await awaitMessages(stack, "pagerduty", "ServiceDown:", some, 20_000);
  const [hook] = await awaitMessages(stack, "webhook", "ServiceDown:", some, 20_000);

  const console = urlOf(stack, "console", "http");
  for (const message of [slack, email, page, hook]) {
    const said = JSON.stringify(message);
    expect(said).toContain("ServiceDown");
    expect(said.toLowerCase()).toContain("page");
    expect(said).toContain("The Company Directory is down.");
    expect(said).toContain(`${console}/runbooks/ServiceDown`);
    expect(said).toContain(`${console}/boards/overview`);
  }
  expect(page?.content).toMatchObject({ event_action: "trigger", payload: { severity: "critical" } });
  // Nobody is told the same twice: the database is out of the directory's reach, too.
  expect(await messagesAbout(stack, "pagerduty", "DatabaseUnreachable")).toEqual(aboutTheDatabase);

  expect((await runCommand(stack, ["start", "app"])).code).toBe(0);

  const [resolvedSlack, ...moreSlack] = await awaitMessages(
    stack,
    "slack",
    "ServiceDown:",
    ([message]) => /resolved/i.test(message?.text ?? ""),
    RESOLVES_WITHIN_MS,
  );
  expect(resolvedSlack?.id).toBe(slack?.id);
  expect(resolvedSlack?.revisions).toBeGreaterThan(slack?.revisions ?? 0);
  expect(moreSlack).toEqual([]);

  const two = (messages: unknown[]): boolean => messages.length === 2;
  const events = await awaitMessages(stack, "pagerduty", page?.content.dedup_key, two, 20_000);
  expect(events.map(({ content }) => content.event_action)).toEqual(["trigger", "resolve"]);
  const mails = await awaitMessages(stack, "email", "ServiceDown:", two, 20_000);
  expect(mails[1]?.summary).toMatch(/resolved/i);
  expect(await awaitMessages(stack, "webhook", "ServiceDown:", two, 20_000)).toHaveLength(2);

  expect(await incidentsAbout(stack, "ServiceDown")).toMatchObject([{ state: "resolved", severity: "page" }]);
  expect((await runCommand(stack, ["status"])).code).toBe(0);
});
