import type { Position } from "@tocsin/protocol";
import type { DedupStore } from "../store/dedup-store.js";
import { positionText, textPosition } from "../store/position-text.js";
import { PublishFailedError } from "./errors.js";
import type { Published } from "./published.js";

/** Runs the work of a key once within its window; repeats get the first one's position. */
export type OncePerKey = (
  key: string,
  windowMs: number,
  work: () => Promise<Position>,
) => Promise<Published>;

/**
 * Claim, work, settle; released when the work fails, so that a retry is not taken for a repeat. A repeat that
 * arrives while the first is still at work on this node waits for it and shares its fate.
 */
export function oncePerKey(dedup: DedupStore, onTrouble: (error: unknown) => void): OncePerKey {
  const underWay = new Map<string, Promise<Position>>();

  const first = async (
    key: string,
    token: string,
    work: () => Promise<Position>,
  ): Promise<Position> => {
    const position = await work().catch(async (error) => {
      // A key that cannot be given back blocks retries until its window ends; what failed is the work all the same.
      await dedup.release(key, token).catch(onTrouble);
      throw error;
    });
    // The work is done: whatever happens now, the key must not be given up and the publish has not failed.
    await dedup.settle(key, positionText(position), token).catch(onTrouble);
    return position;
  };

  return async (key, windowMs, work) => {
    const running = underWay.get(key);
    if (running) return { ...(await running), duplicate: true };
    const claimed = claim(dedup, key, windowMs, (token) => first(key, token, work));
    const position = claimed.then((outcome) => outcome.position);
    position.catch(() => {}); // whoever waits for it sees the failure; nobody waiting is no failure
    underWay.set(key, position);
    try {
      return { ...(await position), duplicate: (await claimed).duplicate };
    } finally {
      underWay.delete(key);
    }
  };
}

async function claim(
  dedup: DedupStore,
  key: string,
  windowMs: number,
  work: (token: string) => Promise<Position>,
): Promise<{ position: Position; duplicate: boolean }> {
  let claimed: Awaited<ReturnType<DedupStore["claim"]>>;
  try {
    claimed = await dedup.claim(key, windowMs);
  } catch (cause) {
    throw new PublishFailedError("the dedup store could not be asked", { cause });
  }
  if (claimed.won) return { position: await work(claimed.token), duplicate: false };
  const position = textPosition(claimed.value);
  if (position) return { position, duplicate: true };
  throw new PublishFailedError(
    "another publish with this key is still under way; try again in a moment",
  );
}
