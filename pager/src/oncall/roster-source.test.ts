import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createManualClock } from "@watchkeeper/process/clock";
import { createLog } from "@watchkeeper/process/log";
import { afterAll, expect, test } from "vitest";
import { openRosterSource } from "./roster-source.ts";
import { SAMPLE } from "./test-roster.ts";

const folder = mkdtempSync(join(tmpdir(), "watchkeeper-oncall-"));
afterAll(() => rmSync(folder, { recursive: true }));
const log = createLog("pager", "silent");

test("an edited file is in use without a restart, and a wrong one changes nothing but says why", async () => {
  const path = join(folder, "on-call.yaml");
  writeFileSync(path, SAMPLE);
  const source = await openRosterSource(path, log, createManualClock());
  try {
    expect(source.current().file.people.bob?.name).toBe("Bob");
    writeFileSync(path, SAMPLE.replace("name: Bob,", "name: Robert,"));
    await source.refresh();
    expect(source.current().file.people.bob?.name).toBe("Robert");
    expect(source.state().problem).toBeNull();

    writeFileSync(path, SAMPLE.replace("team: product, channels", "team: nobody, channels"));
    await source.refresh();
    await source.refresh();
    expect(source.current().file.people.bob?.name).toBe("Robert");
    expect(source.state().problem).toMatch(
      /^Cannot use .*on-call\.yaml:6 as people\.ada\.team: there is no team "nobody"/,
    );

    rmSync(path);
    await source.refresh();
    expect(source.state().problem).toContain("ENOENT");
    writeFileSync(path, SAMPLE);
    await source.refresh();
    expect(source.state().problem).toBeNull();
    expect(source.current().file.people.bob?.name).toBe("Bob");
  } finally {
    await source.close();
  }
});

test("a start with a file that is wrong or missing is refused in one line", async () => {
  const missing = join(folder, "missing.yaml");
  await expect(openRosterSource(missing, log)).rejects.toThrow(
    `Cannot read the on-call file ${missing}: ENOENT`,
  );
  const wrong = join(folder, "wrong.yaml");
  writeFileSync(wrong, SAMPLE.replace("zone: UTC", "zone: Mars/Olympus"));
  await expect(openRosterSource(wrong, log)).rejects.toThrow(
    /^Cannot use .*wrong\.yaml:4 as teams\.platform\./,
  );
});
