import { check, drain } from "./check.ts";
import { drive } from "./driver.ts";
import { repair } from "./troubles.ts";
import { createWorld } from "./world.ts";

/*
 * `npm run chaos -- --seconds N --seed S`: real Alertmanager, two pagers, real PostgreSQL and a stand-in for all
 * providers. Alerts come and go while processes are killed and stopped, the database restarts, goes away and has its
 * clock set, and providers misbehave; afterwards three ledgers are compared: what was sent, what is stored, what reached
 * people.
 */

interface Options {
  readonly seconds: number;
  readonly seed: number;
}

function parseOptions(args: readonly string[]): Options {
  const values = { seconds: 60, seed: Date.now() % 1_000_000 };
  for (let at = 0; at < args.length; at += 2) {
    const name = args[at]?.replace(/^--/, "");
    const value = Number(args[at + 1]);
    if ((name !== "seconds" && name !== "seed") || !Number.isInteger(value) || value < 0) {
      throw new Error(
        `Cannot run with "${args.slice(at, at + 2).join(" ")}" as only --seconds N and --seed S are known`,
      );
    }
    values[name] = value;
  }
  return values;
}

const say = (line: string): void => void process.stdout.write(`${line}\n`);

async function main(args: readonly string[]): Promise<boolean> {
  const { seconds, seed } = parseOptions(args);
  say(`seed ${seed}, ${seconds} s`);
  const world = await createWorld();
  try {
    const sent = await drive(world, seed, seconds);
    await repair(world);
    const found = await check(world, sent, await drain(world, sent));
    for (const [what, times] of [...sent.broken].sort()) say(`${what}: ${times}`);
    say(`webhooks: ${sent.webhooks}, not taken: ${sent.refused}; acknowledged: ${sent.acknowledged}`);
    say(`alerts accepted: ${found.alerts}, delivered: ${found.delivered}`);
    for (const name of found.lost) say(`lost: ${name}`);
    for (const line of found.wrongState) say(`wrong state: ${line}`);
    for (const line of found.escalation) say(`escalation: ${line}`);
    const { pagerduty, webhook, slack, email } = found.duplicated;
    const keyed = pagerduty + webhook;
    const result = {
      lost: found.lost.length,
      duplicated_keyed: keyed,
      duplicated_slack: slack,
      duplicated_email: email,
      wrong_state: found.wrongState.length,
      escalation: found.escalation.length,
      unexplained: found.unexplained,
      pending: found.pending,
    };
    say(
      Object.entries(result)
        .map(([name, value]) => `${name}=${value}`)
        .join(" "),
    );
    // Slack and mail know no keys: what is doubled there is counted and bounded by the attempts that were cut off.
    const broken =
      result.lost +
      keyed +
      result.wrong_state +
      result.escalation +
      result.unexplained +
      (result.pending === 0 ? 0 : 1);
    return broken === 0;
  } finally {
    await world.close();
  }
}

try {
  process.exitCode = (await main(process.argv.slice(3))) ? 0 : 1;
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
