import { Agent, get } from "node:http";

/**
 * Sends requests to several services in turns, each at a steady rate, whether or not those before are answered.
 *
 * @param perSecond requests to each of them
 * @returns for each, how many milliseconds its requests took, in the order in which they were due, measured from then: a
 * service that stalls cannot hide it. NaN where no answer came, as the service ended or closed the connection.
 */
export async function sendSteadily(
  urls: readonly string[],
  perSecond: number,
  seconds: number,
): Promise<readonly (readonly number[])[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  const one = (url: string, due: number): Promise<number> =>
    new Promise((resolve) => {
      const request = get(url, { agent }, (response) => {
        response.resume();
        response.on("end", () => resolve(performance.now() - due));
      });
      request.on("error", () => resolve(Number.NaN));
    });
  const periodMs = 1_000 / (perSecond * urls.length);
  const start = performance.now();
  const sent = urls.map((): Promise<number>[] => []);
  for (let i = 0; i < perSecond * urls.length * seconds; ) {
    const due = start + i * periodMs;
    if (due > performance.now()) {
      await new Promise((resolve) => setTimeout(resolve, 1));
      continue;
    }
    // Nobody is always the first: whoever is asked in the same moment after another waits for it.
    const to = (i + Math.floor(i / urls.length)) % urls.length;
    sent[to]?.push(one(urls[to] ?? "", due));
    i += 1;
  }
  const latencies = await Promise.all(sent.map((answers) => Promise.all(answers)));
  agent.destroy();
  return latencies;
}
