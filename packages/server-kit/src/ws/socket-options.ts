// Apart from the socket itself, so that who only names these needs no types of `ws`.

/** How frames leave. */
export interface WsSocketOptions {
  /**
   * Whether frames may go straight to the kernel where that is known to be safe, which is on plain TCP: `"auto"`,
   * the default, or `"off"`, which always takes the stream.
   */
  readonly directWrites?: "auto" | "off";
}
