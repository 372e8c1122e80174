import { z } from "zod";
import type { Evaluator, Sample } from "../evaluator/evaluator.js";
import type { TransitionStore } from "../store/alert-store.js";

const KEY = "alerts.checkpoint";

const checkpoint = z.object({
  /** Where a source that can seek goes on; absent with a live feed. */
  position: z.number().optional(),
  /** How many ticks were evaluated so far. */
  ticks: z.number(),
});

/**
 * Where a service was: everything evaluated up to here is stored. After a crash it goes on from the last
 * checkpoint and evaluates some ticks a second time, which the store recognizes.
 */
export type Checkpoint = z.output<typeof checkpoint>;

/** The last checkpoint; `undefined` before the first. Rejects when what is stored is no checkpoint. */
export async function readCheckpoint(
  store: Pick<TransitionStore, "readState">,
): Promise<Checkpoint | undefined> {
  const text = await store.readState(KEY);
  return text === undefined ? undefined : checkpoint.parse(JSON.parse(text));
}

/** Keeps the last price of each symbol and, after that, where the service is. */
export async function writeCheckpoint(
  store: Pick<TransitionStore, "writeState" | "writeSamples">,
  samples: readonly Sample[],
  value: Checkpoint,
): Promise<void> {
  if (samples.length > 0) await store.writeSamples(samples);
  await store.writeState(KEY, JSON.stringify(value));
}

/** The prices that are newer than when they were last asked for. */
export function newSamples(evaluator: Pick<Evaluator, "samples">): (
  isMine: (symbol: string) => boolean,
) => {
  readonly samples: readonly Sample[];
  /** They are stored: only newer ones count from now on. */
  kept(): void;
} {
  const keptAt = new Map<string, number>();
  return (isMine) => {
    const samples = evaluator
      .samples()
      .filter(({ symbol, at }) => isMine(symbol) && at !== keptAt.get(symbol));
    return {
      samples,
      kept() {
        for (const { symbol, at } of samples) keptAt.set(symbol, at);
      },
    };
  };
}
