/** A batch ready to leave. */
export interface Parcel {
  readonly body: Uint8Array;
  readonly lines: number;
}

/** What waits to leave, oldest first, bounded in bytes. */
export interface Backlog {
  /** @returns how many lines had to go to make room: the oldest, as the newest tell what is wrong now */
  add(parcel: Parcel): number;
  takeFirst(): Parcel | undefined;
  /** Gives back what `takeFirst` took. @returns how many lines went because there is no room any more: its own */
  putBack(parcel: Parcel): number;
  readonly bytes: number;
}

export function createBacklog(maxBytes: number): Backlog {
  const parcels: Parcel[] = [];
  let bytes = 0;

  const takeFirst = (): Parcel | undefined => {
    const parcel = parcels.shift();
    if (parcel) bytes -= parcel.body.byteLength;
    return parcel;
  };

  return {
    takeFirst,
    get bytes() {
      return bytes;
    },
    add(parcel) {
      let dropped = 0;
      while (parcels.length > 0 && bytes + parcel.body.byteLength > maxBytes) {
        dropped += takeFirst()?.lines ?? 0;
      }
      parcels.push(parcel);
      bytes += parcel.body.byteLength;
      return dropped;
    },
    putBack(parcel) {
      if (bytes + parcel.body.byteLength > maxBytes) return parcel.lines;
      parcels.unshift(parcel);
      bytes += parcel.body.byteLength;
      return 0;
    },
  };
}
