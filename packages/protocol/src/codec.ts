/**
 * Turns bytes into plain message objects and back. It knows a format, not what a message may hold: that is
 * checked against the schemas afterwards. A dialect is a codec for somebody else's format, which also
 * translates names.
 */
export interface Codec {
  /** WebSocket subprotocol that selects this codec; `undefined` for one chosen by path. */
  readonly subprotocol: string | undefined;
  /** Whether frames are binary. The other kind is refused with close code 1003. */
  readonly binary: boolean;
  /** Reads one frame. Never throws: `ok: false` says that the bytes are not of this format. */
  parse(frame: string | Uint8Array): Parsed;
  /** Writes one frame; `undefined` when the format has no word for this message. */
  serialize(message: { readonly type: string }): string | Uint8Array | undefined;
}

/** A frame as a plain value, or why it is none. */
export type Parsed =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly message: string };
