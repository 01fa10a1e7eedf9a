/**
 * `announce` is the first message about an incident to a recipient; `again` asks the same person once more and must
 * ring once more, so it is never folded into the first; `update` changes what is shown and rings nowhere; `resolve`
 * says that it is over.
 */
export type MessageKind = "announce" | "again" | "update" | "resolve";
