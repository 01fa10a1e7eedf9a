import { parseDocument } from "htmlparser2";

/** What a voice says and whether it then waits for keys. */
export interface Spoken {
  readonly text: string;
  /** Set when the document ends in a `<Gather>`: where the keys go, and how many it waits for. */
  readonly gather?: { readonly action: string; readonly digits: number };
  readonly hangsUp: boolean;
}

/** Twilio refuses longer documents and speaks no more than this of one `<Say>`. */
const MAX_DOCUMENT = 64_000;
const MAX_SAY = 4_096;

export class TwimlError extends Error {
  override readonly name = "TwimlError";
}

interface Element {
  readonly type: string;
  readonly name: string;
  readonly attribs: Readonly<Record<string, string>>;
  readonly children: readonly Node[];
}
type Node = Element | { readonly type: string; readonly data?: string };

const isElement = (node: Node): node is Element => "name" in node && node.type === "tag";
const elementsOf = (nodes: readonly Node[]): readonly Element[] => nodes.filter(isElement);
const textOf = (node: Node): string =>
  isElement(node) ? node.children.map(textOf).join("") : ((node as { data?: string }).data ?? "");

const said = (elements: readonly Element[]): string =>
  elements
    .filter(({ name }) => name === "Say")
    .map((say) => {
      const text = textOf(say).trim();
      if (text.length > MAX_SAY)
        throw new TwimlError(`13520: Say: text is longer than ${MAX_SAY} characters`);
      return text;
    })
    .join(" ");

const KNOWN = ["Say", "Pause", "Gather", "Hangup", "Message"];

/**
 * Reads the part of TwiML that a notifier speaks: `<Say>`, `<Pause>`, `<Gather>` around them, `<Hangup>`, and
 * `<Message>` as the answer to a text message.
 *
 * @param base the address that answered; an action may be relative to it
 * @throws TwimlError with Twilio's number for the mistake
 */
export function parseTwiml(document: string, base: string): Spoken {
  if (document.length > MAX_DOCUMENT) throw new TwimlError("11750: TwiML response body too large");
  const top = elementsOf(parseDocument(document, { xmlMode: true }).children as unknown as readonly Node[]);
  const [response, ...more] = top;
  if (response?.name !== "Response" || more.length > 0) {
    throw new TwimlError("12100: Document parse failure: no <Response>");
  }
  const verbs = elementsOf(response.children);
  const unknown = verbs.find(({ name }) => !KNOWN.includes(name));
  if (unknown) throw new TwimlError(`12200: Schema validation warning: <${unknown.name}> is not known here`);
  const messages = verbs.filter(({ name }) => name === "Message").map((verb) => textOf(verb).trim());
  const gather = verbs.find(({ name }) => name === "Gather");
  const beforeHangup = verbs.slice(0, gather ? verbs.indexOf(gather) : verbs.length);
  const text = [said(beforeHangup), gather ? said(elementsOf(gather.children)) : "", ...messages]
    .filter(Boolean)
    .join(" ");
  return {
    text,
    hangsUp: gather === undefined,
    ...(gather && {
      gather: {
        action: new URL(gather.attribs.action ?? "", base).href,
        digits: Number(gather.attribs.numDigits ?? 1),
      },
    }),
  };
}
