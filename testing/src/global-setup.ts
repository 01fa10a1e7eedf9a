import type { TestProject } from "vitest/node";
import { startTestServers } from "./servers.ts";

declare module "vitest" {
  interface ProvidedContext {
    postgresUrl: string;
    redisUrl: string;
    toolPaths: Readonly<Record<string, string>>;
  }
}

/** Called by vitest once before and once after all tests. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const servers = await startTestServers();
  project.provide("postgresUrl", servers.postgresUrl);
  project.provide("redisUrl", servers.redisUrl);
  project.provide(
    "toolPaths",
    Object.fromEntries(Object.entries(servers.tools).map(([name, { path }]) => [name, path])),
  );
  return () => servers.stop();
}
