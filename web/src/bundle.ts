import { fileURLToPath } from "node:url";
import { build, stop } from "esbuild";

/** What a page is made of, as text. */
export interface Bundle {
  readonly script: string;
  readonly stylesheet: string;
}

export interface PageSources {
  /** The page's script, TypeScript or JavaScript. */
  readonly script: URL;
  /** The page's stylesheet; begins with `@import "@watchkeeper/web/base.css"`. */
  readonly stylesheet: URL;
  /** How the script is typed, where it is TypeScript. */
  readonly tsconfig?: URL;
}

/**
 * Makes one script and one stylesheet of a page's sources, in memory and without a build step.
 *
 * @throws Error when a source cannot be read or understood
 */
export async function bundlePage({ script, stylesheet, tsconfig }: PageSources): Promise<Bundle> {
  const { outputFiles } = await build({
    entryPoints: { script: fileURLToPath(script), style: fileURLToPath(stylesheet) },
    outdir: "out",
    bundle: true,
    minify: true,
    write: false,
    format: "esm",
    target: "es2022",
    charset: "utf8",
    legalComments: "none",
    ...(tsconfig && { tsconfig: fileURLToPath(tsconfig) }),
    logLevel: "silent",
  });
  // Otherwise the bundler's own process stays for as long as we run.
  await stop();
  const find = (extension: string): string =>
    outputFiles.find(({ path }) => path.endsWith(extension))?.text ?? "";
  return { script: find(".js"), stylesheet: find(".css") };
}
