import { z } from "zod";
import type { AlertStore } from "./alert-store.js";

const KEY = "alerts.checkpoint";

const checkpoint = z.object({
  /** Where a source that can seek goes on; absent with a live feed. */
  position: z.number().optional(),
  /** How many ticks were evaluated so far. */
  ticks: z.number(),
  /** The last price of each symbol. */
  samples: z.array(z.object({ symbol: z.string(), price: z.number(), at: z.number() })),
});

/**
 * Where a service was: everything evaluated up to here is stored. After a crash it goes on from the last
 * checkpoint and evaluates some ticks a second time, which the store recognizes.
 */
export type Checkpoint = z.output<typeof checkpoint>;

/** The last checkpoint; `undefined` before the first. Rejects when what is stored is no checkpoint. */
export async function readCheckpoint(
  store: Pick<AlertStore, "readState">,
): Promise<Checkpoint | undefined> {
  const text = await store.readState(KEY);
  return text === undefined ? undefined : checkpoint.parse(JSON.parse(text));
}

/** Keeps a checkpoint in place of the last one. */
export function writeCheckpoint(
  store: Pick<AlertStore, "writeState">,
  value: Checkpoint,
): Promise<void> {
  return store.writeState(KEY, JSON.stringify(value));
}
