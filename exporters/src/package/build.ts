import { execFile } from "node:child_process";
import { cp, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build } from "esbuild";

const PACKAGE = fileURLToPath(new URL("../../", import.meta.url));
const ROOT = join(PACKAGE, "..");
const ENTRY = join(PACKAGE, "src/package/entry.ts");
const THREAD = join(PACKAGE, "src/scrape/worker-thread.ts");

/** What whoever installs the package brings along; the catalogue's part is bundled. */
const EXTERNAL = ["@opentelemetry/api", "prom-client", "express", "pg", "pino", "tsx"];

const execute = promisify(execFile);

/** CommonJS has no `import.meta`; this is what stands for it. */
const FILE_URL = 'const fileUrl = require("node:url").pathToFileURL(__filename).href;';

async function bundle(folder: string): Promise<void> {
  const common = { bundle: true, platform: "node", target: "node20", external: EXTERNAL } as const;
  await build({ ...common, entryPoints: [ENTRY], format: "esm", outfile: join(folder, "esm/index.js") });
  await build({
    ...common,
    entryPoints: [ENTRY],
    format: "cjs",
    outfile: join(folder, "cjs/index.js"),
    banner: { js: FILE_URL },
    define: { "import.meta.url": "fileUrl", "import.meta.resolve": "require.resolve" },
  });
  for (const format of ["esm", "cjs"] as const) {
    const outfile = join(folder, format, "worker-thread.js");
    await build({ ...common, entryPoints: [THREAD], format, outfile });
    const type = format === "esm" ? "module" : "commonjs";
    await writeFile(join(folder, format, "package.json"), `${JSON.stringify({ type })}\n`);
  }
}

/** Declarations name each other as they will lie, the catalogue's among them. */
async function declare(folder: string): Promise<void> {
  const types = join(folder, "esm/types");
  const options = ["--declaration", "--emitDeclarationOnly", "--noEmit", "false", "--rootDir", ROOT];
  const strict = ["--module", "nodenext", "--target", "es2023", "--skipLibCheck", "--strict"];
  const syntax = ["--allowImportingTsExtensions", "--exactOptionalPropertyTypes", "--types", "node"];
  const tsc = join(ROOT, "node_modules/typescript/bin/tsc");
  const args = [tsc, "--ignoreConfig", ...options, ...strict, ...syntax, "--outDir", types, ENTRY];
  await execute(process.execPath, args, { cwd: ROOT });
  const files = await readdir(types, { recursive: true });
  for (const file of files.filter((name) => name.endsWith(".d.ts"))) {
    const path = join(types, file);
    const catalogue = relative(dirname(path), join(types, "catalogue/src")).replaceAll("\\", "/");
    const text = (await readFile(path, "utf8"))
      .replace(/(["'])(\.{1,2}\/[^"']+)\.ts\1/g, '"$2.js"')
      .replace(/(["'])@watchkeeper\/catalogue\/([^"']+)\1/g, `"${catalogue}/$2.js"`);
    await writeFile(path, text);
  }
  await cp(types, join(folder, "cjs/types"), { recursive: true });
}

async function describe(folder: string): Promise<void> {
  const own = JSON.parse(await readFile(join(PACKAGE, "package.json"), "utf8"));
  const entryOf = (format: "esm" | "cjs") => ({
    types: `./${format}/types/exporters/src/package/entry.d.ts`,
    default: `./${format}/index.js`,
  });
  const manifest = {
    name: own.name,
    version: own.version,
    description: own.description,
    license: own.license,
    type: "module",
    sideEffects: false,
    engines: { node: ">=20.19" },
    main: "./cjs/index.js",
    exports: { ".": { import: entryOf("esm"), require: entryOf("cjs") } },
    dependencies: { "prom-client": `^${own.dependencies["prom-client"]}` },
    // A second copy of the API would not see the tracer that the app has set up: its spans would go nowhere.
    peerDependencies: { "@opentelemetry/api": "^1.9.0", express: "^5.0.0", pg: "^8.0.0" },
    peerDependenciesMeta: { pg: { optional: true } },
  };
  await writeFile(join(folder, "package.json"), `${JSON.stringify(manifest, undefined, 2)}\n`);
  await cp(join(PACKAGE, "README.md"), join(folder, "README.md"));
  await cp(join(ROOT, "LICENSE"), join(folder, "LICENSE"));
}

/**
 * Builds the package as it is published, for ESM and CommonJS, with types and without sources, into a folder that is
 * emptied first. `npm pack` in it makes the file to install.
 *
 * @throws Error when something does not compile
 */
export async function buildPackage(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await Promise.all([bundle(folder), declare(folder), describe(folder)]);
}
