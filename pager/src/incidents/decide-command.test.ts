import fc from "fast-check";
import { expect, test } from "vitest";
import type { Command } from "./command.ts";
import { type CommandedIncident, decideCommand } from "./decide-command.ts";

const NOW = new Date("2026-03-01T03:00:00Z");
const opened: CommandedIncident = {
  id: "1",
  number: 1,
  state: "triggered",
  version: 1,
  severity: "page",
  priority: "P1",
  alertname: "ServiceDown",
  service: "app",
  labels: {},
  acknowledgedAt: null,
  acknowledgedBy: null,
  acknowledgedUntil: null,
  snoozedUntil: null,
  assignee: null,
  closedAs: null,
  resolvedBy: null,
  now: NOW,
  acknowledgeTimeoutMs: 1_800_000,
};

const commands: fc.Arbitrary<Command> = fc.oneof(
  fc.constant<Command>({ action: "acknowledge" }),
  fc.constant<Command>({ action: "resolve" }),
  fc.constant<Command>({ action: "unsnooze" }),
  fc.date({ noInvalidDate: false }).map((until): Command => ({ action: "snooze", until })),
  fc.constant<Command>({ action: "snooze", until: new Date(NOW.getTime() + 3_600_000) }),
  fc.constantFrom<Command>({ action: "reassign", to: "bo" }, { action: "reassign", to: null }),
  fc.string().map((text): Command => ({ action: "note", text })),
  fc.constantFrom<Command>({ action: "closeAs", as: "noise" }, { action: "closeAs", as: "actionable" }),
);

test("whatever people ask for in whatever order, an incident is in one state and people are asked or not accordingly", () => {
  fc.assert(
    fc.property(fc.array(commands, { maxLength: 30 }), (asked) => {
      let incident = opened;
      let asking = true;
      for (const command of asked) {
        const before = incident;
        const decision = decideCommand(incident, command, "ada");
        if (!decision.done) continue;
        incident = { ...incident, ...decision.change };
        if (decision.escalation !== "leave") asking = decision.escalation === "restart";

        if (before.state === "resolved") expect(incident.state).toBe("resolved");
        expect(incident.state === "acknowledged").toBe(
          incident.state === "acknowledged" && incident.acknowledgedBy !== null,
        );
        if (incident.state === "triggered") expect(incident.acknowledgedBy).toBeNull();
        if (incident.state === "acknowledged") expect(incident.snoozedUntil).toBeNull();
        // People are asked while nobody looks after it and nobody wants to hear of it later, and at no other time.
        expect(asking).toBe(incident.state === "triggered" && incident.snoozedUntil === null);
      }
    }),
  );
});
