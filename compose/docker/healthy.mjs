// Asks a process whether it is ready: the health check of its container. `node healthy.mjs http://127.0.0.1:4702/readyz`
const [, , url] = process.argv;
try {
  const { ok, status } = await fetch(url, { signal: AbortSignal.timeout(4_000) });
  if (!ok) process.stderr.write(`${url} answered ${status}\n`);
  process.exitCode = ok ? 0 : 1;
} catch (error) {
  process.stderr.write(`Cannot reach ${url}: ${error.cause?.message ?? error.message}\n`);
  process.exitCode = 1;
}
