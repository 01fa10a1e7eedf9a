import { CONSOLE_URL } from "@watchkeeper/catalogue/names";

/**
 * The address behind a link as this page may use it: undefined unless it is http, https or mailto. An address of
 * the console itself becomes a path, so that a person who opened it under another name stays signed in.
 *
 * @param publicUrl where people reach this console
 */
export function pageHref(address: string, publicUrl: string): string | undefined {
  for (const own of [publicUrl, CONSOLE_URL]) {
    if (address === own) return "/";
    if (address.startsWith(`${own}/`)) return pageHref(address.slice(own.length), publicUrl);
  }
  // "//host" and "/\host" would leave the console.
  if (/^[/#](?![/\\])/.test(address)) return address;
  try {
    const { protocol, href } = new URL(address);
    return ["http:", "https:", "mailto:"].includes(protocol) ? href : undefined;
  } catch {
    return undefined;
  }
}
