import type { Clock } from "../../clock.js";
import type { Logger } from "../../logger.js";
import type { Lease, LeaseStore } from "../store/lease-store.js";
import { shareOf } from "./partition.js";

/** Settings of {@link createShares}. */
export interface SharesOptions {
  readonly store: LeaseStore;
  /** Names this worker among those that share the database. */
  readonly worker: string;
  readonly partitions: number;
  /** How long a partition stays with a worker that no longer says it lives, milliseconds. */
  readonly leaseMs: number;
  /** Partitions that are this worker's from now on. It is not asked for more before this resolves. */
  readonly onGained: (partitions: ReadonlySet<number>) => Promise<void>;
  /** Partitions that are no longer this worker's. */
  readonly onLost: (partitions: ReadonlySet<number>) => void;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** This worker's share of the partitions. */
export interface Shares {
  /** The lease of a partition, while it is surely held; `undefined` otherwise. */
  lease(partition: number): Lease | undefined;
  /** The partitions held. */
  held(): ReadonlySet<number>;
  /** Takes and gives back what is due, now. Never rejects. */
  settle(): Promise<void>;
  /** Gives everything back, so that others need not wait for it to expire. */
  close(): Promise<void>;
}

/**
 * Keeps this worker's share. Three times within each lease it says that it lives, renews what it holds, gives back
 * what has become another's, and takes what is its own and free. A lease it could not renew is dropped a little
 * before others may take it; what it still tries to store is refused by its token.
 */
export function createShares(options: SharesOptions): Shares {
  const { store, worker, partitions, leaseMs, onGained, onLost, clock, logger } = options;
  const leases = new Map<number, Lease>();
  /** Before the database says so, by a tenth of the lease: clocks and round trips differ. */
  const margin = leaseMs / 10;
  let closed = false;
  let cancel: () => void = () => {};
  let round: Promise<void> | undefined;

  const isHeld = (lease: Lease | undefined): lease is Lease =>
    lease !== undefined && lease.expiresAt - margin > clock.now();

  function drop(gone: readonly Lease[]): void {
    if (gone.length === 0) return;
    for (const { partition } of gone) leases.delete(partition);
    onLost(new Set(gone.map(({ partition }) => partition)));
  }

  async function renew(): Promise<void> {
    const before = [...leases.values()];
    const renewed = await store.renew(before, leaseMs);
    for (const lease of renewed) leases.set(lease.partition, lease);
    const kept = new Set(renewed.map(({ partition }) => partition));
    drop(before.filter(({ partition }) => !kept.has(partition)));
  }

  async function turn(): Promise<void> {
    const workers = await store.announce(worker, leaseMs);
    if (leases.size > 0) await renew();
    const share = shareOf(worker, workers, partitions);
    const surplus = [...leases.values()].filter(({ partition }) => !share.has(partition));
    drop(surplus);
    if (surplus.length > 0) await store.release(surplus);
    const taken = new Set((await store.held()).map(({ partition }) => partition));
    const gained = new Set<number>();
    for (const partition of share) {
      if (leases.has(partition) || taken.has(partition) || closed) continue;
      const lease = await store.acquire(partition, worker, leaseMs);
      if (lease === undefined) continue;
      leases.set(partition, lease);
      gained.add(partition);
    }
    if (gained.size > 0) await onGained(gained);
  }

  function settle(): Promise<void> {
    round ??= turn()
      .catch((error: unknown) => {
        logger.warn({ err: error, worker }, "cannot settle which symbols are this worker's");
        drop([...leases.values()].filter((lease) => !isHeld(lease)));
      })
      .finally(() => {
        round = undefined;
      });
    return round;
  }

  function schedule(): void {
    cancel = clock.after(leaseMs / 3, () => {
      void settle().then(() => {
        if (!closed) schedule();
      });
    });
  }
  schedule();

  return {
    lease(partition) {
      const lease = leases.get(partition);
      return isHeld(lease) ? lease : undefined;
    },
    held: () => new Set([...leases.values()].filter(isHeld).map(({ partition }) => partition)),
    settle,
    async close() {
      closed = true;
      cancel();
      await round;
      const all = [...leases.values()];
      drop(all);
      try {
        await store.release(all);
      } catch (error) {
        logger.warn({ err: error, worker }, "leases not given back; they will expire");
      }
    },
  };
}
