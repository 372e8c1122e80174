import type { ServiceStatus } from "@tocsin-example/alert-contract";
import type { ServiceView } from "../../live/use-service.js";

/** What the market does, as it is told: what is not known is not guessed. */
export type ReplayState = "loading" | "unknown" | "playing" | "live" | "stopped" | "ended";

export function replayState({ status, connected }: ServiceView): ReplayState {
  if (!status) return "loading";
  if (!connected) return "unknown";
  if (status.ended) return "ended";
  if (!status.running) return "stopped";
  return status.range === null ? "live" : "playing";
}

/** Speeds one can choose, in market milliseconds for one real millisecond: real time to five market days a second. */
const SPEEDS = [1, 60, 600, 3_600, 23_400, 117_000, 468_000] as const;

/** The speeds to choose from; one that was set elsewhere is among them, or it could not be shown. */
export function speedChoices(speed: number): readonly number[] {
  return [...new Set<number>([...SPEEDS, speed])].sort((a, b) => a - b);
}

/** Where in the replay it is, from 0 to 1; `undefined` where there is nothing to seek in. */
export function positionOf({ range, marketTime }: ServiceStatus): number | undefined {
  if (range === null || range.to <= range.from) return undefined;
  const at = ((marketTime ?? range.from) - range.from) / (range.to - range.from);
  return Math.min(1, Math.max(0, at));
}
