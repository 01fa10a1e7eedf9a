import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { parseExposition } from "../exposition.ts";

const PROGRAM = fileURLToPath(new URL("./test-cluster.ts", import.meta.url));

test.each(["json", "advanced"])(
  "a cluster's metrics are added up over %s, and an ended worker's counts stay",
  async (serialization) => {
    const primary = spawn(process.execPath, ["--import", "tsx", PROGRAM, serialization], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    try {
      const lines = createInterface(primary.stdout)[Symbol.asyncIterator]();
      const { value: port } = await lines.next();
      const read = async () =>
        Object.fromEntries(
          parseExposition(await (await fetch(`http://127.0.0.1:${port}/metrics`)).text())
            .flatMap(({ samples }) => samples)
            .map(({ name, labels, value }) => [`${name} ${Object.values(labels).join()}`.trim(), value]),
        );
      const both = {
        "demo_visits_total both": 3,
        "demo_visits_total only-1": 10,
        "demo_visits_total only-2": 10,
        "demo_took_bucket 1": 1,
        "demo_took_bucket 2": 2,
        demo_took_sum: 3,
        demo_took_count: 2,
        demo_queued: 10,
        foreign_total: 3,
      };
      expect(await read()).toMatchObject(both);
      expect(await read()).toMatchObject(both);
      primary.stdin.write("end\n");
      await lines.next();
      expect(await read()).toMatchObject({ ...both, demo_queued: 5 });
    } finally {
      primary.kill();
      await once(primary, "close");
    }
  },
);
