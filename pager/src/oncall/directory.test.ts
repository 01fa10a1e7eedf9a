import { createTestDatabase } from "@watchkeeper/testing/postgres";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Policy } from "../escalation/directory.ts";
import { createTestBed, type TestBed } from "../test-bed.ts";
import { createDirectory } from "./directory.ts";
import { addException, withdrawException } from "./exceptions.ts";
import { sampleRoster } from "./test-roster.ts";

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let bed: TestBed;
beforeAll(async () => {
  database = await createTestDatabase();
  bed = await createTestBed(database.url, new Map());
});
afterAll(async () => {
  await bed.close();
  await database.drop();
});

const roster = sampleRoster();
const directory = createDirectory(() => roster);
const incident = (changes: object = {}) => ({
  priority: "P1" as const,
  alertname: "ServiceDown",
  service: "shop",
  labels: {},
  ...changes,
});
const asked = ({ levels }: Policy): readonly string[] => levels.map(({ targets }) => targets.join(" "));

describe("the policy of an incident", () => {
  test("is that of the first route that fits; the next policy's levels follow its own rounds", () => {
    const policy = directory.policyFor(incident());
    expect(policy).toMatchObject({ id: "product", repeat: 0, acknowledgeTimeoutMs: 1_800_000 });
    const rounds = ["schedule:product", "team:product person:cyd"];
    const next = ["schedule:office", "schedule:office", "schedule:office"];
    expect(asked(policy)).toEqual([...rounds, ...rounds, ...next]);
    expect(policy.levels.map(({ timeoutMs }) => timeoutMs / 60_000)).toEqual([5, 10, 5, 10, 1, 1, 1]);
    expect(directory.policyFor(incident())).toBe(policy);
  });

  test("goes by labels, and an acknowledgement may last for ever", () => {
    const policy = directory.policyFor(incident({ service: "dns", labels: { team: "platform" } }));
    expect(policy).toMatchObject({ id: "platform", repeat: 2, acknowledgeTimeoutMs: null });
  });

  test("is the catch-all where no route fits, and the owner's where the pager speaks of a team", () => {
    expect(asked(directory.policyFor(incident({ priority: "P2" })))).toEqual(["person:cyd"]);
    const owned = directory.policyFor(incident({ labels: { oncall_owner_of: "product" } }));
    expect(asked(owned)).toEqual(["person:ada"]);
    expect(directory.policies().map(({ id }) => id)).toEqual([
      "product",
      "platform",
      "catch-all",
      "owner-of-product",
      "owner-of-platform",
    ]);
  });
});

describe("the people behind targets", () => {
  const at = (text: string): Date => new Date(text);
  const peopleAt = async (references: readonly string[], when: string): Promise<readonly string[]> =>
    (await directory.targetsAt(bed.database, references, at(when))).map(({ person }) => person);

  test("are each there once, with their channels in the order of the file", async () => {
    const targets = await directory.targetsAt(
      bed.database,
      ["schedule:product", "team:product", "person:ada"],
      at("2026-02-02T12:00Z"),
    );
    expect(targets.map(({ person }) => person)).toEqual(["ada", "bob"]);
    expect(targets[0]).toEqual({
      person: "ada",
      name: "Ada",
      contacts: [
        { channel: "email", address: "ada@example.org" },
        { channel: "ntfy", address: "ada" },
      ],
    });
  });

  test("are nobody where nobody is on call, and where the file does not know the name any more", async () => {
    expect(await peopleAt(["schedule:office"], "2026-02-02T20:00Z")).toEqual([]);
    expect(await peopleAt(["schedule:gone", "person:gone", "team:gone"], "2026-02-02T12:00Z")).toEqual([]);
  });

  test("change with overrides and swaps made at run time, until they are withdrawn", async () => {
    const made = { note: "", createdBy: "test" };
    const override = await addException(bed.database, {
      ...made,
      schedule: "product",
      kind: "override",
      person: "cyd",
      otherPerson: null,
      from: at("2026-03-02T09:00Z"),
      to: at("2026-03-02T10:00Z"),
    });
    await addException(bed.database, {
      ...made,
      schedule: "product",
      kind: "swap",
      person: "ada",
      otherPerson: "bob",
      from: at("2026-03-02T09:30Z"),
      to: at("2026-03-03T08:00Z"),
    });
    const spans = async () =>
      (
        await directory.spansOf(
          bed.database,
          ["schedule:product"],
          at("2026-03-02T08:30Z"),
          at("2026-03-03T12:00Z"),
        )
      ).map(
        ({ from, targets }) => `${from.toISOString().slice(8, 16)} ${targets.map(({ person }) => person)}`,
      );
    // 28 days after ada's first turn: hers again.
    expect(await spans()).toEqual(["02T08:30 ada", "02T09:00 cyd", "02T10:00 bob", "03T08:00 bob"]);
    await withdrawException(bed.database, override.id, "override", "test");
    expect(await spans()).toEqual(["02T08:30 ada", "02T09:30 bob", "03T08:00 bob"]);
    expect(await withdrawException(bed.database, override.id, "override", "test")).toBeUndefined();
  });

  test("are known for every moment of a span, without gaps", async () => {
    const from = at("2026-02-02T00:00Z");
    const to = at("2026-04-03T00:00Z");
    const spans = await directory.spansOf(bed.database, ["schedule:office"], from, to);
    expect(spans[0]?.from).toEqual(from);
    expect(spans.at(-1)?.to).toEqual(to);
    for (const [i, span] of spans.entries()) if (i > 0) expect(span.from).toEqual(spans[i - 1]?.to);
    expect(spans.filter(({ targets }) => targets.length > 0)).toHaveLength(60);
  });
});
