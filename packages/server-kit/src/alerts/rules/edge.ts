/** A level, and the direction a price has to come from to meet it. */
export interface Edge {
  /** `rise`: reached from below. `fall`: reached from above. */
  readonly on: "rise" | "fall";
  readonly level: number;
}

/** Two prices of one symbol that followed one another. */
export interface Move {
  readonly previous: number;
  readonly current: number;
}

/**
 * Whether a move meets an edge. The starting price does not count and the arriving one does: a jump across the
 * level fires, resting on it does not fire again, and a price that was beyond it before never fires (trap 1).
 */
export function meets({ on, level }: Edge, { previous, current }: Move): boolean {
  return on === "rise"
    ? previous < level && level <= current
    : previous > level && level >= current;
}
