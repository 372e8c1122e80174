/**
 * Frames that are to leave one after the other. Adding frames to a line makes a new line, and the same one for
 * every reader who adds the same frames next: readers who get the same events share a line, and so its bytes.
 */
export interface Line {
  /** The line this one goes on from; `undefined` on the empty line. */
  readonly before: Line | undefined;
  /** What was added to it. */
  readonly frames: Uint8Array;
  /** Bytes of all its frames. */
  readonly bytes: number;
  /** The line that was made of this one last. */
  next: Line | undefined;
  /** All frames in one piece, once made. */
  joined: Uint8Array | undefined;
  /** Whether somebody has sent it. */
  sent: boolean;
}

/** The empty line. All others begin here. */
export const NOTHING: Line = {
  before: undefined,
  frames: new Uint8Array(0),
  bytes: 0,
  next: undefined,
  joined: undefined,
  sent: false,
};

/** A line that many readers share is joined for good; one for a single reader passes through here. */
const SCRATCH = Buffer.allocUnsafeSlow(65_536);

/** The line with these frames at its end. */
export function withFrames(line: Line, frames: Uint8Array): Line {
  if (line.next?.frames === frames) return line.next;
  line.next = {
    before: line,
    frames,
    bytes: line.bytes + frames.byteLength,
    next: undefined,
    joined: undefined,
    sent: false,
  };
  return line.next;
}

/** Lets go of the lines begun so far: nothing of the turn that is over is kept in memory. */
export function beginAfresh(): void {
  NOTHING.next = undefined;
}

/** All bytes of a line in one piece, to keep. Made once for all readers. */
export function joinedBytes(line: Line): Uint8Array {
  if (line.before === NOTHING) return line.frames;
  line.joined ??= copied(line, Buffer.allocUnsafe(line.bytes));
  return line.joined;
}

/** The same to look at until the next call only: what is read here may hold more after {@link Line.bytes}. */
export function passingBytes(line: Line): Uint8Array {
  if (line.before === NOTHING || line.sent || line.bytes > SCRATCH.byteLength) {
    return joinedBytes(line);
  }
  line.sent = true;
  return copied(line, SCRATCH);
}

function copied(line: Line, into: Uint8Array): Uint8Array {
  for (let part: Line | undefined = line; part; part = part.before) {
    into.set(part.frames, part.bytes - part.frames.byteLength);
  }
  return into;
}
