import type { Position } from "@tocsin/protocol";

/** Where a publish landed. */
export interface Published extends Position {
  /** Whether the key was known: nothing was published now, and the position is that of the first time. */
  readonly duplicate: boolean;
}
