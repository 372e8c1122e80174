import type { Filter } from "./link.js";

/**
 * A filter that drops whole text frames of a server, chosen by their text. The bytes before the first frame, the
 * answer to the upgrade, pass as they are.
 */
export function dropFrames(unwanted: (text: string) => boolean): Filter {
  let pending = Buffer.alloc(0);
  let upgraded = false;
  return (chunk) => {
    pending = Buffer.concat([pending, chunk]);
    const passed: Buffer[] = [];
    if (!upgraded) {
      const end = pending.indexOf("\r\n\r\n");
      if (end < 0) return Buffer.alloc(0);
      upgraded = true;
      passed.push(pending.subarray(0, end + 4));
      pending = pending.subarray(end + 4);
    }
    for (let frame = nextFrame(pending); frame; frame = nextFrame(pending)) {
      pending = pending.subarray(frame.whole.length);
      if (!unwanted(frame.payload.toString("utf8"))) passed.push(frame.whole);
    }
    return Buffer.concat(passed);
  };
}

/** The first unmasked frame, if it is all there. */
function nextFrame(bytes: Buffer): { whole: Buffer; payload: Buffer } | undefined {
  if (bytes.length < 2) return undefined;
  const short = bytes.readUInt8(1);
  const header = short < 126 ? 2 : short === 126 ? 4 : 10;
  if (bytes.length < header) return undefined;
  const size =
    short < 126 ? short : short === 126 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
  if (bytes.length < header + size) return undefined;
  return {
    whole: bytes.subarray(0, header + size),
    payload: bytes.subarray(header, header + size),
  };
}
