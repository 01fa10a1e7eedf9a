/** Grafana's colours by name, each legible on our own surfaces: light, dark. */
const NAMED: Readonly<Record<string, readonly [light: string, dark: string]>> = {
  green: ["#2b8a3e", "#63cf8e"],
  yellow: ["#9a6b00", "#ffd75e"],
  orange: ["#b85c00", "#ffab57"],
  red: ["#d22f2f", "#ff7f7f"],
  blue: ["#3b5bdb", "#8ea6ff"],
  purple: ["#9035ab", "#dfa0f7"],
  gray: ["#5a6478", "#98a3b6"],
  grey: ["#5a6478", "#98a3b6"],
  text: ["#1c2230", "#e6e9ef"],
  transparent: ["transparent", "transparent"],
};

/** For series whose colour means nothing: neighbours differ in hue and lightness. */
const PALETTE: readonly (readonly [light: string, dark: string, name?: string])[] = [
  ["#3b5bdb", "#91a7ff", "blue"],
  ["#d9730d", "#ffb057", "orange"],
  ["#2f9e44", "#6fd998", "green"],
  ["#a61e8f", "#e599f7", "purple"],
  ["#0c8599", "#5cc8dd"],
  ["#e03131", "#ff8787", "red"],
  ["#8f7a00", "#d9cc5b", "yellow"],
  ["#7048e8", "#b197fc"],
  ["#8d5a3b", "#cfa07f"],
  ["#d6336c", "#faa2c1"],
  ["#087f5b", "#63e6be"],
  ["#5a6478", "#98a3b6"],
];

const plainName = (name: string): string => name.replace(/^(?:super-light|light|semi-dark|dark)-/, "");

const dark = matchMedia("(prefers-color-scheme: dark)");
const paper = matchMedia("print");

export const isDark = (): boolean => dark.matches && !paper.matches;

export function onThemeChange(task: () => void): void {
  dark.addEventListener("change", task);
  paper.addEventListener("change", task);
}

/** @param name one of Grafana's names, with or without its lightness, or a hex colour */
export function colour(name: string): string {
  const plain = plainName(name);
  const pair = Object.hasOwn(NAMED, plain) ? NAMED[plain] : undefined;
  return pair ? pair[isDark() ? 1 : 0] : name;
}

export function paletteColour(index: number): string {
  const pair = PALETTE[index % PALETTE.length];
  return pair ? pair[isDark() ? 1 : 0] : colour("text");
}

/** Colours that differ from each other and from those that others in the chart have by name. */
export function freeColours(taken: readonly string[]): (index: number) => string {
  const names = new Set(taken.map(plainName));
  const free = PALETTE.flatMap(([, , name], index) => (name !== undefined && names.has(name) ? [] : [index]));
  return (index) => paletteColour(free[index % free.length] ?? index);
}

/** The colour, seen through. @param share 0 to 1 */
export const faded = (hex: string, share: number): string =>
  /^#[0-9a-f]{6}$/i.test(hex)
    ? `${hex}${Math.round(Math.min(1, Math.max(0, share)) * 255)
        .toString(16)
        .padStart(2, "0")}`
    : hex;

export const styleOf = (property: string): string =>
  getComputedStyle(document.documentElement).getPropertyValue(property).trim();
