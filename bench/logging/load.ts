import { Agent, get } from "node:http";

/** How long each request took, measured from when it was due: a service that stalls cannot hide it. */
export async function sendSteadily(
  url: string,
  perSecond: number,
  seconds: number,
): Promise<readonly number[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  const latencies: number[] = [];
  const one = (due: number): Promise<void> =>
    new Promise((resolve, reject) => {
      const request = get(url, { agent }, (response) => {
        response.resume();
        response.on("end", () => {
          latencies.push(performance.now() - due);
          resolve();
        });
      });
      request.on("error", reject);
    });
  const start = performance.now();
  const sent: Promise<void>[] = [];
  for (let i = 0; i < perSecond * seconds; ) {
    const due = Math.min(Math.floor(((performance.now() - start) / 1_000) * perSecond), perSecond * seconds);
    for (; i < due; i += 1) sent.push(one(start + (i / perSecond) * 1_000));
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await Promise.all(sent);
  agent.destroy();
  return latencies;
}
