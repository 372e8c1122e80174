import type { ChannelMode, Gap, GapReason, Position, RecoveryOutcome } from "@tocsin/protocol";
import type { HistoryPage, HistoryQuery } from "../store/history-store.js";

/** What a subscriber asked for. */
export interface JoinRequest {
  readonly mode: ChannelMode;
  readonly since: Position | undefined;
  readonly rewind: number | undefined;
  /** Most events a recovery may replay. */
  readonly maxReplay: number;
}

/** What a subscriber is told, and which entries of the page go along as a snapshot or as replayed events. */
export interface JoinAnswer {
  readonly recovery: RecoveryOutcome;
  readonly gap?: Gap;
  readonly send: "nothing" | "snapshot" | "replay";
}

/** The first read of a join. */
export function joinQuery({ mode, since, rewind, maxReplay }: JoinRequest): HistoryQuery {
  if (mode === "latest") return {};
  if (since) return { after: since.offset, ...(mode === "log" && { limit: maxReplay + 1 }) };
  return mode === "table" ? {} : { limit: Math.min(rewind ?? 0, maxReplay), newest: true };
}

/** Whether the page lacks rows that a table's reader needs, so that all rows must be read instead. */
export function needsAllRows({ mode, since }: JoinRequest, page: HistoryPage): boolean {
  return mode === "table" && since !== undefined && !reaches(page, since);
}

/** Decides between the four outcomes. Pure: the same page and position always give the same answer. */
export function joinAnswer(request: JoinRequest, page: HistoryPage): JoinAnswer {
  const { mode, since, maxReplay } = request;
  // A signal keeps nothing, so nothing of it can have been missed.
  if (since === undefined || mode === "signal") return { recovery: "fresh", send: "snapshot" };
  const here = since.epoch === page.epoch && since.offset <= page.offset;
  if (here && since.offset === page.offset) return { recovery: "nothing-missed", send: "nothing" };
  if (mode === "latest" || mode === "table") {
    // State converges: whoever has the present rows has missed nothing that matters.
    if (!here) return { recovery: "fresh", send: "snapshot" };
    return {
      recovery: "recovered",
      send: mode === "table" && reaches(page, since) ? "replay" : "snapshot",
    };
  }
  if (since.epoch !== page.epoch) return lost(1, page, "epoch-changed");
  if (!here) return lost(1, page, "unknown-position");
  if (!reaches(page, since)) return lost(since.offset + 1, page, "expired");
  if (page.entries.length > maxReplay) return lost(since.offset + 1, page, "too-many");
  return { recovery: "recovered", send: "replay" };
}

function reaches(page: HistoryPage, since: Position): boolean {
  return since.epoch === page.epoch && since.offset >= page.complete && since.offset <= page.offset;
}

function lost(from: number, page: HistoryPage, reason: GapReason): JoinAnswer {
  return { recovery: "gap", gap: { from, to: page.offset, reason }, send: "nothing" };
}
