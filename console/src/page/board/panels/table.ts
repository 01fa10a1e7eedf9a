import { type Field, fieldOf, showValue } from "../../../boards/field.ts";
import { make, makeLink } from "../../dom.ts";
import { cellColour, spanOf } from "../cells.ts";
import { faded } from "../colours.ts";
import type { PanelData } from "../data.ts";
import { buildTable, type Cell, compare, type Row, type Table } from "../rows.ts";
import type { Stage, View } from "../view.ts";

const PAGE = 50;

interface Order {
  readonly column: string;
  readonly descending: boolean;
}

interface Column {
  readonly name: string;
  readonly field: Field;
  readonly isNumber: boolean;
  readonly span: readonly [number, number];
}

/** Rows with numbers: sorted by a click on a title, a page at a time. */
export function createTable(stage: Stage): View {
  const { panel, place } = stage;
  const sorts = (panel.options?.sortBy ?? []) as readonly { displayName: string; desc?: boolean }[];
  let order: Order | undefined = sorts[0] && {
    column: sorts[0].displayName,
    descending: sorts[0].desc === true,
  };
  let page = 0;
  let data: PanelData | undefined;
  let table: Table = { columns: [], rows: [] };

  const head = make("tr", "");
  const body = make("tbody", "");
  const pager = make("p", "pager");
  const element = make("table", "rows", make("thead", "", head), body);
  const frame = make("div", "table-frame", element);
  frame.tabIndex = 0;
  frame.setAttribute("role", "region");
  frame.setAttribute("aria-label", panel.title ?? "Table");

  const columnOf = (name: string): Column => {
    const values = table.rows.map((row) => row[name] ?? null);
    const isNumber = values.some((value) => typeof value === "number");
    const type = name === "Time" ? "time" : isNumber ? "number" : "string";
    const field = fieldOf(panel.fieldConfig, { name, refId: "", type });
    const numbers = values.map((value) => (typeof value === "number" ? value : null));
    return {
      name,
      isNumber,
      span: spanOf(field, numbers),
      field: type === "time" && !field.unit ? { ...field, unit: "dateTimeAsIso" } : field,
    };
  };

  const cell = ({ field, isNumber, span }: Column, value: Cell, row: Row): HTMLElement => {
    const shown = showValue(field, value);
    // A label that a series does not have is no label: the words for "no data" are for numbers.
    const text = value === null && !isNumber ? "" : value === null ? "–" : shown.text;
    const link = field.links?.[0];
    const labels = Object.fromEntries(Object.entries(row).map(([name, one]) => [name, String(one ?? "")]));
    const href = link && data ? stage.href(link, data.scope, labels) : undefined;
    const element = make("td", isNumber ? "figure" : "", href ? makeLink(href, text) : text);
    if (text.length > 40) element.title = text;
    const type = (field.custom.cellOptions as { type?: string } | undefined)?.type ?? "auto";
    const align = field.custom.align;
    if (typeof align === "string" && align !== "auto") element.style.textAlign = align;
    if (typeof value !== "number" && !shown.color) return element;
    const tint = cellColour(field, typeof value === "number" ? value : null, span, 0);
    const colour =
      typeof value === "number"
        ? tint
        : cellColour(
            { ...field, color: { mode: "fixed", fixedColor: shown.color ?? "text" } },
            null,
            span,
            0,
          );
    if (type === "color-text") element.style.color = colour;
    if (type === "color-background") element.style.background = faded(colour, 0.22);
    if (type === "gauge" && typeof value === "number") {
      const share = Math.min(100, Math.max(0, ((value - span[0]) / (span[1] - span[0])) * 100));
      element.style.background = `linear-gradient(90deg, ${faded(colour, 0.28)} ${share}%, transparent ${share}%)`;
    }
    return element;
  };

  const title = (column: Column): HTMLElement => {
    const isOrder = order?.column === column.name;
    const button = make("button", "sort", column.field.displayName ?? column.name);
    button.setAttribute("type", "button");
    button.addEventListener("click", () => {
      const descending = isOrder ? !order?.descending : column.isNumber;
      order = { column: column.name, descending };
      page = 0;
      show();
    });
    const element = make("th", column.isNumber ? "figure" : "", button);
    element.setAttribute("scope", "col");
    element.setAttribute("aria-sort", isOrder ? (order?.descending ? "descending" : "ascending") : "none");
    if (typeof column.field.custom.width === "number") element.style.width = `${column.field.custom.width}px`;
    return element;
  };

  const showPager = (pages: number): void => {
    const turn = (text: string, by: number): HTMLElement => {
      const button = make("button", "plain", text) as HTMLButtonElement;
      button.type = "button";
      button.disabled = page + by < 0 || page + by >= pages;
      button.addEventListener("click", () => {
        page += by;
        show();
      });
      return button;
    };
    pager.hidden = pages <= 1;
    pager.replaceChildren(turn("Previous", -1), `Page ${page + 1} of ${pages}`, turn("Next", 1));
  };

  const show = (): void => {
    const columns = table.columns.map(columnOf).filter(({ field }) => field.custom.hidden !== true);
    const sorted = order
      ? [...table.rows].sort((a, b) =>
          compare(a[order?.column ?? ""] ?? null, b[order?.column ?? ""] ?? null, order?.descending === true),
        )
      : table.rows;
    const pages = Math.max(1, Math.ceil(sorted.length / PAGE));
    page = Math.min(page, pages - 1);
    const focused = [...head.querySelectorAll("button")].indexOf(document.activeElement as HTMLButtonElement);
    head.replaceChildren(...columns.map(title));
    body.replaceChildren(
      ...sorted
        .slice(page * PAGE, (page + 1) * PAGE)
        .map((row) =>
          make("tr", "", ...columns.map((column) => cell(column, row[column.name] ?? null, row))),
        ),
    );
    if (focused >= 0) head.querySelectorAll("button")[focused]?.focus();
    showPager(pages);
  };

  return {
    draw(next) {
      data = next;
      const refIds = new Set((panel.targets ?? []).filter(({ hide }) => !hide).map(({ refId }) => refId))
        .size;
      table = next.table ?? buildTable(next.series, panel.transformations ?? [], refIds);
      show();
      if (table.rows.length > 0) place.replaceChildren(frame, pager);
      else place.replaceChildren(make("p", "blank", panel.fieldConfig?.defaults?.noValue ?? "No data"));
      const rows = `${table.rows.length} row${table.rows.length === 1 ? "" : "s"}`;
      return {
        value: table.rows.length === 0 ? "" : String(table.rows.length),
        summary: `${panel.title}. ${rows}`,
      };
    },
  };
}
