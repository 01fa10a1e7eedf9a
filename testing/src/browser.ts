import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fetchPackages, libraryPath } from "@watchkeeper/native/apt-root";
import { TOOLS_FOLDER } from "@watchkeeper/native/paths";
import { type Browser, chromium } from "playwright-core";

/** Every line that makes Chromium call home is off: tests talk to loopback only. */
const QUIET = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

interface BrowserCommand {
  readonly path: string;
  readonly env: Readonly<Record<string, string>>;
}

const onHost = (): string | undefined =>
  (process.env.PATH ?? "")
    .split(delimiter)
    .flatMap((folder) => [join(folder, "chromium"), join(folder, "google-chrome")])
    .find(existsSync);

const escaped = (path: string): string => path.replaceAll("&", "&amp;").replaceAll("<", "&lt;");

/** A browser in a private root finds neither its fonts nor the host's configuration of them by itself. */
function fontConfiguration(root: string): string {
  const folder = join(TOOLS_FOLDER, "browser");
  const file = join(folder, "fonts.conf");
  mkdirSync(folder, { recursive: true });
  const folders = [join(root, "usr/share/fonts"), "/usr/share/fonts"]
    .map((dir) => `<dir>${dir}</dir>`)
    .join("");
  writeFileSync(
    file,
    `<?xml version="1.0"?><fontconfig>${folders}<cachedir>${escaped(join(folder, "font-cache"))}</cachedir></fontconfig>\n`,
  );
  return file;
}

/** Chromium from the PATH, else fetched into a private root with the host's apt. */
async function obtainBrowser(): Promise<BrowserCommand> {
  const host = onHost();
  if (host) return { path: host, env: {} };
  const root = await fetchPackages(join(TOOLS_FOLDER, "browser"), ["chromium", "fonts-dejavu-core"], (line) =>
    process.stderr.write(`test browser: ${line}\n`),
  );
  return {
    path: join(root, "usr/lib/chromium/chromium"),
    env: { LD_LIBRARY_PATH: libraryPath(root), FONTCONFIG_FILE: fontConfiguration(root) },
  };
}

/** Starts headless Chromium. Close it in the test's `afterAll`. */
export async function launchBrowser(): Promise<Browser> {
  const { path, env } = await obtainBrowser();
  return chromium.launch({
    executablePath: path,
    args: QUIET,
    env: { ...(process.env as Record<string, string>), ...env },
  });
}
