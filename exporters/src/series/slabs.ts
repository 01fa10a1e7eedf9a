/** Where the numbers of one series are. */
export interface Place {
  readonly slab: Float64Array;
  /** The slab's number within its family. */
  readonly slabId: number;
  readonly offset: number;
}

/** Gives series a place for their numbers, many of them in one array. */
export interface Slabs {
  take(): Place;
  /** The place is zeroed and given to another series. */
  giveBack(place: Place): void;
  readonly arrays: readonly Float64Array[];
}

/** Enough that a metric of 10,000 series has few arrays, few enough that one of five does not waste memory. */
const SERIES_PER_SLAB = 64;

/**
 * @param stride numbers of one series
 * @param single whether there will only ever be one series
 * @param shared whether other threads shall read the numbers
 */
export function createSlabs(stride: number, single: boolean, shared: boolean): Slabs {
  const perSlab = single ? 1 : SERIES_PER_SLAB;
  const arrays: Float64Array[] = [];
  const free: Place[] = [];
  let used = perSlab;

  function addSlab(): void {
    const bytes = perSlab * stride * Float64Array.BYTES_PER_ELEMENT;
    arrays.push(new Float64Array(shared ? new SharedArrayBuffer(bytes) : new ArrayBuffer(bytes)));
    used = 0;
  }

  return {
    arrays,
    take() {
      const again = free.pop();
      if (again) return again;
      if (used === perSlab) addSlab();
      const slabId = arrays.length - 1;
      const slab = arrays[slabId] as Float64Array;
      return { slab, slabId, offset: stride * used++ };
    },
    giveBack(place) {
      place.slab.fill(0, place.offset, place.offset + stride);
      free.push(place);
    },
  };
}
