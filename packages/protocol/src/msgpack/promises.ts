/**
 * Whether the containers of a MessagePack frame promise no more values than its bytes can hold. A decoder makes
 * room for what is promised before it has read it, so five bytes could ask for gigabytes; nested, a frame well
 * within the size limit would end the process. One pass, no recursion, nothing allocated.
 */
export function promisesFit(frame: Uint8Array): boolean {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  let at = 0;
  for (let promised = 1; promised > 0; promised -= 1) {
    // each value still to come takes a byte at least
    if (promised > frame.byteLength - at) return false;
    const head = view.getUint8(at);
    at += 1;
    if (head >= 0x80 && head <= 0x8f) promised += 2 * (head & 0x0f);
    else if (head >= 0x90 && head <= 0x9f) promised += head & 0x0f;
    else if (head >= 0xa0 && head <= 0xbf) at += head & 0x1f;
    else if (head >= 0xc0 && head <= 0xdf) {
      const [sizeBytes, tail, perItem] = LONG_FORMS[head - 0xc0] ?? NOTHING;
      if (at + sizeBytes > frame.byteLength) return false;
      const size = readSize(view, at, sizeBytes);
      at += sizeBytes + tail + (perItem === 0 ? size : 0);
      promised += perItem * size;
    }
  }
  return true;
}

/** Bytes that hold a size, bytes that follow in any case, values for each unit of size (0: the units are bytes). */
type LongForm = readonly [sizeBytes: 0 | 1 | 2 | 4, tail: number, perItem: 0 | 1 | 2];

const NOTHING: LongForm = [0, 0, 0];

/** The formats 0xc0 to 0xdf in their order in the MessagePack specification. */
const LONG_FORMS: readonly LongForm[] = [
  ...[NOTHING, NOTHING, NOTHING, NOTHING], // nil, unused, false, true
  ...([1, 2, 4] as const).map((size): LongForm => [size, 0, 0]), // bin
  ...([1, 2, 4] as const).map((size): LongForm => [size, 1, 0]), // ext
  ...[4, 8].map((bytes): LongForm => [0, bytes, 0]), // float
  ...[1, 2, 4, 8, 1, 2, 4, 8].map((bytes): LongForm => [0, bytes, 0]), // uint, int
  ...[1, 2, 4, 8, 16].map((bytes): LongForm => [0, 1 + bytes, 0]), // fixext
  ...([1, 2, 4] as const).map((size): LongForm => [size, 0, 0]), // str
  ...([2, 4] as const).map((size): LongForm => [size, 0, 1]), // array
  ...([2, 4] as const).map((size): LongForm => [size, 0, 2]), // map
];

function readSize(view: DataView, at: number, bytes: 0 | 1 | 2 | 4): number {
  if (bytes === 0) return 0;
  if (bytes === 1) return view.getUint8(at);
  return bytes === 2 ? view.getUint16(at) : view.getUint32(at);
}
