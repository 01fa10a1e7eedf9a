type Child = Node | string | null | undefined | false;

/** An element with its attributes and children; text is always text. */
export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Readonly<Record<string, string | boolean | undefined>> = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    made.setAttribute(attribute, value === true ? "" : value);
  }
  made.append(...children.filter((child): child is Node | string => Boolean(child)));
  return made;
}

/** The element that a page's frame promises. */
export function required(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (!found) throw new Error(`Cannot draw the page as it lacks #${id}`);
  return found;
}

/** A control of a form with its label; the control's id is `field-` and its name. */
export const labelled = (label: string, control: HTMLElement): HTMLElement =>
  element("div", { class: "field" }, element("label", { for: control.id }, label), control);

/** A labelled field of a form. */
export const field = (
  label: string,
  name: string,
  attributes: Readonly<Record<string, string | boolean | undefined>> = {},
): HTMLElement => labelled(label, element("input", { id: `field-${name}`, name, ...attributes }));
