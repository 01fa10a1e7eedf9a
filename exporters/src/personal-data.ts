import { createHmac, randomBytes } from "node:crypto";
import { isIPv4, isIPv6 } from "node:net";

/** Shortens what says something about a person to what still helps to find a fault. */
export interface PersonalData {
  /** The network of an address: `203.0.113.0`, `2001:db8:1::`. */
  network(ip: string): string;
  /** The same text for the same person, from which nobody finds the person. */
  pseudonym(id: string): string;
}

/** Values that come again and again are kept: hashing costs as much as writing the line. */
const MAX_KEPT = 10_000;

function kept(make: (text: string) => string): (text: string) => string {
  const known = new Map<string, string>();
  return (text) => {
    const existing = known.get(text);
    if (existing !== undefined) return existing;
    if (known.size >= MAX_KEPT) known.clear();
    const made = make(text);
    known.set(text, made);
    return made;
  };
}

/** IPv4 to 24 bits, IPv6 to 48: the network of an office or a provider, as Google Analytics and others shorten. */
function networkOf(ip: string): string {
  const v4 = ip.startsWith("::ffff:") ? ip.slice(7) : ip;
  if (isIPv4(v4)) return v4.replace(/\d+$/, "0");
  if (!isIPv6(ip)) return "unknown";
  const [head = "", tail] = ip.split("::");
  const groups = head === "" ? [] : head.split(":");
  const rest = tail === undefined || tail === "" ? [] : tail.split(":");
  const zeros = tail === undefined ? [] : Array<string>(8 - groups.length - rest.length).fill("0");
  return `${[...groups, ...zeros, ...rest].slice(0, 3).join(":")}::`;
}

/**
 * @param key makes pseudonyms the same in all instances that share it; without one they are the same within one
 * process only, which follows a person through an hour of logs and no further
 */
export function createPersonalData(key: string | Uint8Array = randomBytes(32)): PersonalData {
  return {
    network: kept(networkOf),
    pseudonym: kept((id) => createHmac("sha256", key).update(id).digest("hex").slice(0, 16)),
  };
}
