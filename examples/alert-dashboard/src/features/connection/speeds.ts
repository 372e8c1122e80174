import { formatSpeed } from "../../format.js";

/** Speeds offered, market milliseconds per real one: real time, an hour, a market day, five of them a second. */
const SPEEDS = [1, 3_600, 23_400, 117_000] as const;

/** The choices of the speed control; a speed set elsewhere is among them, so that the control never lies. */
export function speedChoices(current: number | undefined): { value: string; label: string }[] {
  const speeds = new Set<number>(SPEEDS);
  if (current !== undefined) speeds.add(current);
  return [...speeds]
    .sort((a, b) => a - b)
    .map((speed) => ({ value: String(speed), label: formatSpeed(speed) }));
}
