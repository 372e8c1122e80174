/** Counts the events in what one reader receives, by walking headers; what is in them is skipped. */
export interface Counter {
  /** Takes bytes in; events may be cut anywhere between two chunks. The memory may be used again afterwards. */
  feed(chunk: Buffer): void;
  /** Events seen since this was last asked. */
  take(): number;
}

/** How long the message at `at` is, and whether it is an event. `undefined` when more bytes are needed to tell. */
export type Measure = (
  bytes: Buffer,
  at: number,
) => { readonly size: number; readonly isEvent: boolean } | undefined;

/** A counter for any format whose messages say at their start how long they are. */
export function createCounter(measure: Measure): Counter {
  let left = 0; // bytes of the present message still to come
  let rest: Buffer | undefined; // the start of a message that does not say its length yet
  let count = 0;
  return {
    feed(chunk) {
      let bytes = chunk;
      if (rest) {
        bytes = Buffer.concat([rest, chunk]);
        rest = undefined;
      }
      let at = Math.min(left, bytes.length);
      left -= at;
      while (at < bytes.length) {
        const found = measure(bytes, at);
        if (!found) {
          rest = Buffer.from(bytes.subarray(at));
          return;
        }
        if (found.isEvent) count += 1;
        at += found.size;
      }
      left += at - bytes.length;
    },
    take() {
      const taken = count;
      count = 0;
      return taken;
    },
  };
}
