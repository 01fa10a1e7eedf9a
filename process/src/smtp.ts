/** Where mails are handed in, in the words of nodemailer's transports. */
export interface SmtpServer {
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte. */
  readonly secure: boolean;
  readonly requireTLS: boolean;
  readonly auth?: { readonly user: string; readonly pass: string };
}

const LOOPBACK = ["localhost", "127.0.0.1", "[::1]"];

/**
 * Reads `smtp://user:password@host:port` (STARTTLS where offered, port 587 unless said) or `smtps://…` (TLS from the
 * start, port 465 unless said).
 *
 * @throws TypeError when the text is no URL
 */
export function parseSmtpUrl(text: string): SmtpServer {
  const url = new URL(text);
  const secure = url.protocol === "smtps:";
  const user = decodeURIComponent(url.username);
  return {
    host: url.hostname.replace(/^\[|\]$/g, ""),
    port: Number(url.port || (secure ? 465 : 587)),
    secure,
    // A password never crosses a network in the clear.
    requireTLS: !secure && user !== "" && !LOOPBACK.includes(url.hostname),
    ...(user !== "" && { auth: { user, pass: decodeURIComponent(url.password) } }),
  };
}

/** What follows the @ in the ids of our messages: the domain of whoever sends them. */
export const mailDomainOf = (from: string): string => /@([^\s<>"]+)/.exec(from)?.[1] ?? "watchkeeper.invalid";
