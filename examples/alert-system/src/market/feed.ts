import type { SourceHealth } from "@tocsin/server-kit/alerts";

/** Longest silence a running market is allowed for reasons of its own, in real milliseconds. */
const PATIENCE_MS = 30_000;
/** Longest market time without a tick; the made-up symbols have one every five minutes. */
const LONGEST_GAP_MS = 600_000;

/**
 * Whether prices come, or are not expected to. A feed that has frozen raises no error; only its silence tells
 * (trap 6). A market that was told to go slowly may be silent for as long as its slowness explains.
 */
export function feedAlive(
  { running, lastTickAt }: SourceHealth,
  { now, since, speed }: { readonly now: number; readonly since: number; readonly speed: number },
): boolean {
  return !running || now - (lastTickAt ?? since) < PATIENCE_MS + LONGEST_GAP_MS / speed;
}
