import type { ArmedMonitor, Evaluator } from "../evaluator/evaluator.js";
import type { TransitionStore } from "../store/alert-store.js";
import type { RuleMemory } from "../transition.js";

/** Most monitors whose memory is asked for at once. */
const BATCH = 500;

/** Settings of {@link createMonitorFeed}. */
export interface MonitorFeedOptions {
  readonly store: Pick<TransitionStore, "changesSince" | "memoryOf">;
  readonly evaluator: Pick<Evaluator, "arm" | "disarm">;
  /** Whether a symbol is this worker's to evaluate. */
  readonly isMine: (symbol: string) => boolean;
  /** A monitor is watched from now on. */
  readonly onArmed: (armed: ArmedMonitor) => void;
  /** The first monitor of a symbol came, or its last one went; whoever evaluates it. */
  readonly onSymbol: (symbol: string, isWanted: boolean) => void;
}

/** Brings monitors from the database to the evaluator, whoever changed them. */
export interface MonitorFeed {
  /** Takes in what changed since the last time. */
  sync(): Promise<void>;
  /**
   * Arms what has become this worker's, with the memory its last owner stored. `upTo` is given when market time
   * went back: what was remembered from later goes on from there.
   */
  take(isTaken: (symbol: string) => boolean, upTo?: number): Promise<void>;
  /** Stops watching what no longer is. */
  drop(isDropped: (symbol: string) => boolean): void;
}

/** Creates a feed that has brought nothing yet. One call of it runs at a time; the caller sees to that. */
export function createMonitorFeed({
  store,
  evaluator,
  isMine,
  onArmed,
  onSymbol,
}: MonitorFeedOptions): MonitorFeed {
  const known = new Map<string, ArmedMonitor>();
  const wanted = new Map<string, number>();
  let revision = 0;

  function count(armed: ArmedMonitor | undefined, change: 1 | -1): void {
    if (!armed?.monitor.enabled) return;
    const { symbol } = armed.monitor;
    const now = (wanted.get(symbol) ?? 0) + change;
    if (now > 0) wanted.set(symbol, now);
    else wanted.delete(symbol);
    if (now === 0 || (now === 1 && change === 1)) onSymbol(symbol, now === 1);
  }

  function remember(id: string, armed: ArmedMonitor | undefined): void {
    count(armed, 1);
    count(known.get(id), -1);
    if (armed) known.set(id, armed);
    else known.delete(id);
  }

  async function arm(monitors: readonly ArmedMonitor[], upTo = Infinity): Promise<void> {
    for (let start = 0; start < monitors.length; start += BATCH) {
      const batch = monitors.slice(start, start + BATCH);
      const memory = await store.memoryOf(batch.map(({ monitor }) => monitor.id));
      const memoryOf = grouped(memory, ({ monitorId }) => monitorId);
      for (const armed of batch) {
        const { monitor, armedAt } = armed;
        const start = armedAt !== null && armedAt > upTo ? null : armedAt;
        const known = memoryOf.get(monitor.id)?.map((rule) => rememberedUpTo(rule, upTo));
        evaluator.arm({ monitor, armedAt: start }, known);
        onArmed(armed);
      }
    }
  }

  return {
    async sync() {
      const changes = await store.changesSince(revision);
      for (const id of changes.deleted) {
        remember(id, undefined);
        evaluator.disarm(id);
      }
      for (const armed of changes.armed) remember(armed.monitor.id, armed);
      await arm(changes.armed.filter(({ monitor }) => isMine(monitor.symbol)));
      revision = changes.revision;
    },
    take: (isTaken, upTo) =>
      arm(
        [...known.values()].filter(({ monitor }) => isTaken(monitor.symbol)),
        upTo,
      ),
    drop(isDropped) {
      for (const { monitor } of known.values()) {
        if (isDropped(monitor.symbol)) evaluator.disarm(monitor.id);
      }
    },
  };
}

/** A rule that fires goes on firing; one that had begun to wait later than this has not begun yet. */
function rememberedUpTo(memory: RuleMemory, upTo: number): RuleMemory {
  if (memory.since === null || memory.since <= upTo) return memory;
  return memory.phase === "pending"
    ? { ...memory, phase: "inactive", since: upTo, pendingSince: null }
    : { ...memory, since: upTo };
}

function grouped<T>(all: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of all) {
    const group = groups.get(keyOf(item));
    if (group) group.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return groups;
}
