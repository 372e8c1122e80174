/** What a transport finds wrong with what a peer sends, before it is a message. */
export const FRAME_FAULTS = [
  "protocol-error",
  "not-utf8",
  "too-large",
  "too-many-fragments",
  "wrong-kind",
  "ping-flood",
] as const;

/** One of {@link FRAME_FAULTS}. */
export type FrameFault = (typeof FRAME_FAULTS)[number];
