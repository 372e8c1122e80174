/** The right to evaluate one partition of the symbols, until it expires. */
export interface Lease {
  readonly partition: number;
  readonly owner: string;
  /** Grows with each owner: what an earlier owner still wants to store is refused. */
  readonly token: number;
  /** Server time, milliseconds since 1970. */
  readonly expiresAt: number;
}

/** Shares partitions among workers. The clock is the database's caller's; all comparisons happen in one statement. */
export interface LeaseStore {
  /** Takes a partition that nobody holds, or holds longer than granted; `undefined` when somebody does. */
  acquire(partition: number, owner: string, ttlMs: number): Promise<Lease | undefined>;
  /** Extends leases; resolves with those that are still held. */
  renew(leases: readonly Lease[], ttlMs: number): Promise<readonly Lease[]>;
  /** Gives leases back before they expire. */
  release(leases: readonly Lease[]): Promise<void>;
  /** Who holds what, expired ones left out. */
  held(): Promise<readonly Lease[]>;
  /** Says that a worker lives, and which do: each takes its share of the partitions. */
  announce(owner: string, ttlMs: number): Promise<readonly string[]>;
}
