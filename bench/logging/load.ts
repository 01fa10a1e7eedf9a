import { Agent, get } from "node:http";

/**
 * Sends requests at a steady rate, whether or not those before are answered.
 *
 * @returns how many milliseconds each took, in the order in which they were due, measured from then: a service that
 * stalls cannot hide it. NaN where no answer came, as the service ended or closed the connection.
 */
export async function sendSteadily(
  url: string,
  perSecond: number,
  seconds: number,
): Promise<readonly number[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  const one = (due: number): Promise<number> =>
    new Promise((resolve) => {
      const request = get(url, { agent }, (response) => {
        response.resume();
        response.on("end", () => resolve(performance.now() - due));
      });
      request.on("error", () => resolve(Number.NaN));
    });
  const start = performance.now();
  const sent: Promise<number>[] = [];
  for (let i = 0; i < perSecond * seconds; ) {
    const due = Math.floor(((performance.now() - start) / 1_000) * perSecond) + 1;
    for (; i < Math.min(due, perSecond * seconds); i += 1) sent.push(one(start + (i / perSecond) * 1_000));
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  const latencies = await Promise.all(sent);
  agent.destroy();
  return latencies;
}
