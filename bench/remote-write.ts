/** Prometheus' remote write, version 1: how samples of the past get into its memory, where only its newest blocks are. */

/** A series with its samples, times in seconds. */
export interface History {
  readonly series: string;
  readonly samples: Iterable<readonly [time: number, value: number]>;
}

const SLICE_SECONDS = 900;
const LONGEST_LITERAL = 65_536;

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 0x80) {
    bytes.push((rest % 0x80) | 0x80);
    rest = Math.floor(rest / 0x80);
  }
  return Buffer.from([...bytes, rest]);
}

/** A field of a protobuf message whose value has a length. */
const field = (number: number, value: Buffer): Buffer =>
  Buffer.concat([varint((number << 3) | 2), varint(value.length), value]);

const label = (name: string, value: string): Buffer =>
  field(1, Buffer.concat([field(1, Buffer.from(name)), field(2, Buffer.from(value))]));

function sample(time: number, value: number): Buffer {
  const double = Buffer.alloc(9);
  double.writeUInt8((1 << 3) | 1);
  double.writeDoubleLE(value, 1);
  return field(2, Buffer.concat([double, varint(2 << 3), varint(time * 1_000)]));
}

/** `up{job="app"}`, as Prometheus wants its labels: by name. */
function labelsOf(series: string): Buffer {
  const name = series.slice(0, series.indexOf("{"));
  const labels = [...series.matchAll(/([a-z_]+)="([^"]*)"/g)].map(
    ([, key, value]) => [key as string, value as string] as const,
  );
  return Buffer.concat(
    [["__name__", name] as const, ...labels]
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([key, value]) => label(key, value)),
  );
}

/** Snappy's block format without any compression. */
function snappy(body: Buffer): Buffer {
  const parts = [varint(body.length)];
  for (let at = 0; at < body.length; at += LONGEST_LITERAL) {
    const literal = body.subarray(at, at + LONGEST_LITERAL);
    const length = Buffer.alloc(2);
    length.writeUInt16LE(literal.length - 1);
    parts.push(Buffer.from([61 << 2]), length, literal);
  }
  return Buffer.concat(parts);
}

/**
 * Sends series to a running Prometheus. All samples of a series must be in order, and newer than its blocks. They are
 * sent a quarter of an hour of all series after the other, as what is much older than the newest sample is refused.
 */
export async function remoteWrite(url: string, histories: Iterable<History>): Promise<void> {
  const all = [...histories].map(({ series, samples }) => ({
    labels: labelsOf(series),
    samples: [...samples],
  }));
  const times = all.flatMap(({ samples }) => samples.map(([time]) => time));
  const [begin, end] = [times.reduce((a, b) => Math.min(a, b)), times.reduce((a, b) => Math.max(a, b))];
  for (let from = begin; from <= end; from += SLICE_SECONDS) {
    const body = all.flatMap(({ labels, samples }) => {
      const slice = samples.filter(([time]) => time >= from && time < from + SLICE_SECONDS);
      const encoded = slice.map(([time, value]) => sample(time, value));
      return slice.length === 0 ? [] : [field(1, Buffer.concat([labels, ...encoded]))];
    });
    const answer = await fetch(`${url}/api/v1/write`, {
      method: "POST",
      headers: {
        "content-encoding": "snappy",
        "content-type": "application/x-protobuf",
        "x-prometheus-remote-write-version": "0.1.0",
      },
      body: snappy(Buffer.concat(body)),
    });
    if (!answer.ok) {
      throw new Error(`Cannot write to Prometheus as it says ${answer.status}: ${await answer.text()}`);
    }
  }
}
