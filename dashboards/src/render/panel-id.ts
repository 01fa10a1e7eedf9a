const OFFSET_BASIS = 0x811c9dc5;
const PRIME = 0x01000193;

/**
 * A panel's number in Grafana, from 1 to 2^31 - 1: the same for the same key as long as the board lives, so that links
 * to a panel outlive every change around it. (FNV-1a, folded to 31 bits.)
 */
export function panelId(board: string, key: string): number {
  let hash = OFFSET_BASIS;
  for (const byte of Buffer.from(`${board}/${key}`)) hash = Math.imul(hash ^ byte, PRIME);
  return hash >>> 1 || 1;
}
