/** The moment an event was published, written into its text: every process of a machine has the same clock. */

const MARK = "@T";
const DIGITS = 16;

/** Microseconds since 1970. */
export function nowUs(): number {
  return (performance.timeOrigin + performance.now()) * 1_000;
}

/** A moment as it stands in an event. */
export function stamp(us: number): string {
  return `${MARK}${String(Math.round(us)).padStart(DIGITS, "0")}`;
}

/** The moments in a chunk of bytes, whatever stands around them. One that is cut in two is left out. */
export function stampsIn(chunk: Buffer): number[] {
  const found: number[] = [];
  let at = chunk.indexOf(MARK);
  while (at !== -1 && at + MARK.length + DIGITS <= chunk.length) {
    const end = at + MARK.length + DIGITS;
    const us = Number(chunk.toString("latin1", at + MARK.length, end));
    if (Number.isSafeInteger(us)) found.push(us);
    at = chunk.indexOf(MARK, end);
  }
  return found;
}
