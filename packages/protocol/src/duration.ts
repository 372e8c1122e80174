import { ContractError } from "./errors.js";

/** A length of time: milliseconds as a number, or a count with its unit, as in `"90s"`, `"60m"`, `"7d"`. */
export type Duration = number | `${number}${"ms" | "s" | "m" | "h" | "d"}`;

const UNIT_MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const SHAPE = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/;

/**
 * Milliseconds in a {@link Duration}.
 *
 * @throws {@link ContractError} when the text is no duration or the number is negative or not finite.
 */
export function durationMs(duration: Duration): number {
  if (typeof duration === "number") {
    if (Number.isFinite(duration) && duration >= 0) return duration;
    throw new ContractError(
      `duration ${duration} must be a finite number of milliseconds, 0 or more`,
    );
  }
  const [, count, unit] = SHAPE.exec(duration) ?? [];
  if (count === undefined || unit === undefined) {
    throw new ContractError(
      `duration "${duration}" must look like "250ms", "90s", "60m", "12h" or "7d"`,
    );
  }
  return Number(count) * UNIT_MS[unit as keyof typeof UNIT_MS];
}
