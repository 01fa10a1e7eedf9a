/** The element of a `data-` attribute that the server has put into the page. */
export function byData(name: string, root: ParentNode = document): HTMLElement {
  const element = root.querySelector<HTMLElement>(`[data-${name}]`);
  if (!element) throw new Error(`Cannot find [data-${name}] in the page`);
  return element;
}

export const panelOf = (name: string): HTMLElement => byData(`panel="${name}"`);

/** Writes only what changed: screen readers announce every write. */
export function setText(element: HTMLElement, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

type Child = Node | string | false | undefined;

/** An element; text in it is text, never markup. */
export function make(tag: string, className: string, ...children: readonly Child[]): HTMLElement {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.append(...children.filter((child) => child !== false && child !== undefined));
  return element;
}

export function makeLink(href: string, ...children: readonly Child[]): HTMLElement {
  const element = make("a", "", ...children);
  element.setAttribute("href", href);
  return element;
}
