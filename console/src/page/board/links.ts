import { interpolate, type Scope } from "../../boards/interpolate.ts";
import type { Link } from "../../boards/model.ts";
import { pageHref } from "../../web/links.ts";

/** What a link may carry on from the board it is on. */
export interface LinkContext {
  readonly scope: Scope;
  /** The query of the board's own address, beginning with `?`. */
  readonly search: string;
  /** The row that the link stands in. */
  readonly fields?: Readonly<Record<string, string>>;
}

/** A label of the row: `${__data.fields.Route}` or `${__data.fields["Route"]}`. */
const FIELD = /\$\{__data\.fields(?:\.(\w+)|\["?([^\]"]+)"?\])(?::\w+)?\}/g;

/** Grafana's address of a board is ours under another name. */
const toBoard = (url: string): string => url.replace(/^\/d\/([a-z0-9-]+)(?:\/[^?#]*)?/, "/boards/$1");

const timeOf = (search: string): URLSearchParams => {
  const own = new URLSearchParams(search);
  return new URLSearchParams([...own].filter(([name]) => name === "from" || name === "to"));
};

/** @returns undefined when it is no address that a page may lead to */
export function linkHref(
  link: Pick<Link, "url" | "keepTime" | "includeVars">,
  context: LinkContext,
): string | undefined {
  const { scope, search, fields = {} } = context;
  const filled = (link.url ?? "")
    .replace(FIELD, (_all, bare?: string, quoted?: string) =>
      encodeURIComponent(fields[bare ?? quoted ?? ""] ?? ""),
    )
    .replace(/\$\{__url_time_range\}/g, timeOf(search).toString());
  const href = pageHref(toBoard(interpolate(filled, scope, "address")), location.origin);
  if (href === undefined || !href.startsWith("/boards/")) return href;
  const kept = [...new URLSearchParams(search)].filter(
    ([name]) =>
      (link.keepTime && (name === "from" || name === "to")) || (link.includeVars && name.startsWith("var-")),
  );
  if (kept.length === 0) return href;
  return `${href}${href.includes("?") ? "&" : "?"}${new URLSearchParams(kept)}`;
}
