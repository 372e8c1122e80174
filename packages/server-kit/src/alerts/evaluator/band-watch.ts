import { boundariesOf, inBand, inClearBand, levelMet, passesThrough } from "../rules/band.js";
import type { RuleTransition } from "../transition.js";
import { createLevelIndex } from "./level-index.js";
import type { Moment } from "./lifecycle.js";
import { type Details, isOpenAt, move, type Watched } from "./watched.js";

/** The rules of one symbol that name prices. */
export interface BandWatch {
  add(watched: Watched): void;
  remove(watched: Watched): void;
  /** Evaluates (previous price, this price]. */
  evaluate(
    previous: number | undefined,
    now: Moment & { readonly price: number },
    details: Details,
    out: RuleTransition[],
  ): void;
  readonly size: number;
}

/**
 * Looks at the rules with a boundary between two prices, and at no others: a tick costs what it meets.
 *
 * A rule that was never evaluated, or could not be when the price met a boundary of it (its market was closed), is
 * looked at with the next tick that may, wherever the price is.
 */
export function createBandWatch(): BandWatch {
  const levels = createLevelIndex<Watched>();
  const unseen = new Set<Watched>();

  function look(
    watched: Watched,
    previous: number | undefined,
    now: Moment & { readonly price: number },
    details: Details,
    out: RuleTransition[],
  ): void {
    const { band } = watched;
    if (band === undefined || watched.evaluatedAt >= now.at) return;
    if (!isOpenAt(watched, now.at)) return void unseen.add(watched);
    watched.evaluatedAt = now.at;
    const isNew = watched.memory.since === null;
    if (isNew) {
      const start = previous ?? now.price;
      watched.memory = {
        ...watched.memory,
        since: now.at,
        held: band.edge && inBand(band, start),
      };
    }
    const level = levelMet(band, previous, now.price);
    const seen = { ...details, level };
    if (inBand(band, now.price)) return move(watched, "met", now, seen, out);
    const clears = !inClearBand(band, now.price);
    const passed = previous !== undefined && passesThrough(band, previous, now.price);
    if (passed) return move(watched, clears ? "passed" : "passed-slack", now, seen, out);
    move(watched, clears ? "unmet" : "slack", now, seen, out);
  }

  return {
    add(watched) {
      if (watched.band === undefined) return;
      for (const level of boundariesOf(watched.band)) levels.add(level, watched);
      unseen.add(watched);
    },
    remove(watched) {
      if (watched.band === undefined) return;
      for (const level of boundariesOf(watched.band)) levels.remove(level, watched);
      unseen.delete(watched);
    },
    evaluate(previous, now, details, out) {
      if (unseen.size > 0) {
        const waiting = [...unseen];
        unseen.clear();
        for (const watched of waiting) look(watched, previous, now, details, out);
      }
      if (previous === undefined || previous === now.price) return;
      for (const watched of levels.between(previous, now.price)) {
        look(watched, previous, now, details, out);
      }
    },
    get size() {
      return levels.size;
    },
  };
}
