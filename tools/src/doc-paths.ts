import { existsSync } from "node:fs";
import { dirname, join, posix, relative } from "node:path";
import { ROOT, readText, repositoryFiles } from "./repository.ts";

/** History keeps the names of its day. */
const HISTORY = ["CHANGELOG.md"];

/** `code` that is a path of this repository: it ends like a file of ours or begins with one of our folders. */
const FILE_ENDING = /\.(?:ts|mjs|json|ya?ml|md|css|html|sql|png)$/;
const PATH = /^\.?[\w@<>*-][\w@<>*.-]*(?:\/[\w@<>*.{},-]+)+\/?$|^[\w-]+\/$/;

/** Folders that a running suite or npm makes: documents may name them, the repository does not hold them. */
const MADE_AT_RUN_TIME = /^(?:\.watchkeeper|node_modules)\//;

const headingAnchor = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, "")
    .trim()
    .replace(/\s/g, "-");

const anchorsOf = (markdown: string): Set<string> =>
  new Set([...markdown.matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) => headingAnchor(heading)));

/** `<placeholder>` and `*` stand for any name, `{a,b}` for each of its words. */
const pathPattern = (path: string): RegExp =>
  new RegExp(
    `^${path
      .replace(/\/$/, "")
      .replace(/[.+^$()[\]\\|]/g, "\\$&")
      .replace(/\{([^}]*)\}/g, (_, words: string) => `(?:${words.replaceAll(",", "|")})`)
      .replace(/<[^>]*>|\*+/g, "[^/]+")}(?:/|$)`,
  );

/** What one document needs to be judged. */
interface Repository {
  readonly root: string;
  readonly files: readonly string[];
  readonly topFolders: ReadonlySet<string>;
  readonly scripts: ReadonlySet<string>;
}

function checkLink(document: string, target: string, { root }: Repository): string | undefined {
  if (/^[a-z]+:/i.test(target)) return undefined;
  const [path = "", anchor] = decodeURI(target).split("#");
  const file = path === "" ? document : posix.join(dirname(document), path);
  if (relative(root, join(root, file)).startsWith("..")) return `link to ${target} leaves the repository`;
  if (!existsSync(join(root, file))) return `link to ${target}, which does not exist`;
  if (anchor === undefined || !file.endsWith(".md")) return undefined;
  return anchorsOf(readText(root, file) ?? "").has(anchor)
    ? undefined
    : `link to ${target}, which has no such heading`;
}

function checkCode(document: string, code: string, { files, topFolders }: Repository): string | undefined {
  if (!PATH.test(code) || MADE_AT_RUN_TIME.test(code)) return undefined;
  const ours = topFolders.has(code.split("/")[0] ?? "") || FILE_ENDING.test(code);
  if (!ours) return undefined;
  const pattern = pathPattern(code);
  const beside = pathPattern(posix.join(dirname(document), code));
  return files.some((file) => pattern.test(file) || beside.test(file))
    ? undefined
    : `\`${code}\` does not exist`;
}

function checkCommands(markdown: string, { scripts }: Repository): readonly string[] {
  const called = [...markdown.matchAll(/\bnpm (?:run ([\w:-]+)|(start|stop|test|restart)\b)/g)];
  const missing = called.map(([, run, short]) => run ?? short ?? "").filter((name) => !scripts.has(name));
  return [...new Set(missing)].map((name) => `npm script "${name}" does not exist`);
}

/**
 * Judges every Markdown document: the files, headings and commands that it names must exist.
 * @returns one line `document: what is wrong` for each mistake
 */
export async function checkDocuments(root = ROOT): Promise<readonly string[]> {
  const files = repositoryFiles(root).filter((file) => existsSync(join(root, file)));
  const manifest = JSON.parse(readText(root, "package.json") ?? "{}") as { scripts?: Record<string, string> };
  const repository: Repository = {
    root,
    files,
    topFolders: new Set(files.filter((file) => file.includes("/")).map((file) => file.split("/")[0] ?? "")),
    scripts: new Set(Object.keys(manifest.scripts ?? {})),
  };
  return files
    .filter((file) => file.endsWith(".md") && !HISTORY.includes(file))
    .flatMap((document) => {
      const text = readText(root, document) ?? "";
      const prose = text.replace(/^```[\s\S]*?^```/gm, "");
      const links = [...prose.replace(/`[^`\n]*`/g, "").matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = ""]) =>
        checkLink(document, target, repository),
      );
      const code = [...prose.matchAll(/`([^`\n]+)`/g)].map(([, span = ""]) =>
        checkCode(document, span, repository),
      );
      return [...links, ...code, ...checkCommands(text, repository)]
        .filter((problem) => problem !== undefined)
        .map((problem) => `${document}: ${problem}`);
    });
}
