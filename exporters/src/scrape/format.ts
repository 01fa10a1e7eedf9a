/** The two texts that Prometheus reads. */
export type ExpositionFormat = "text" | "openmetrics";

export const CONTENT_TYPES: Readonly<Record<ExpositionFormat, string>> = {
  text: "text/plain; version=0.0.4; charset=utf-8",
  openmetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8",
};

interface Wish {
  readonly name: string;
  readonly quality: number;
}

/** Reads a header such as `text/plain;version=0.0.4;q=0.5, *\/*;q=0.1`. Whoever writes nonsense wished nothing. */
function parseWishes(header: string): readonly Wish[] {
  return header.split(",").map((entry) => {
    const [name = "", ...parameters] = entry.split(";").map((part) => part.trim().toLowerCase());
    const quality = Number(parameters.find((parameter) => parameter.startsWith("q="))?.slice(2) ?? 1);
    return { name, quality: Number.isNaN(quality) ? 0 : quality };
  });
}

/** @param accept the request's header; OpenMetrics is only given to whoever names it */
export function chooseFormat(accept = ""): ExpositionFormat {
  const wishes = parseWishes(accept);
  const best = (...names: readonly string[]): number =>
    Math.max(0, ...wishes.filter(({ name }) => names.includes(name)).map(({ quality }) => quality));
  const openMetrics = best("application/openmetrics-text");
  return openMetrics > 0 && openMetrics >= best("text/plain", "text/*") ? "openmetrics" : "text";
}

/** @param acceptEncoding the request's header */
export const acceptsGzip = (acceptEncoding = ""): boolean =>
  parseWishes(acceptEncoding).some(({ name, quality }) => (name === "gzip" || name === "*") && quality > 0);
