import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildPackage } from "./build.ts";

const folder = fileURLToPath(new URL("../../dist", import.meta.url));
await buildPackage(folder);
process.stdout.write(`Built: npm publish ${join(folder)}\n`);
