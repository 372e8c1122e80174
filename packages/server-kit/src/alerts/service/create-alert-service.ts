import type { NewMonitor, Tick } from "@tocsin/protocol/alerts";
import { systemClock } from "../../clock.js";
import { silentLogger } from "../../logger.js";
import { calendarOf } from "../calendar/calendar.js";
import { createEvaluator } from "../evaluator/create-evaluator.js";
import type { Transition } from "../transition.js";
import type { AlertService, AlertServiceOptions } from "./alert-service.js";
import { newSamples, readCheckpoint, writeCheckpoint } from "./checkpoint.js";
import { inTurn } from "./in-turn.js";
import { createMonitorFeed } from "./monitor-feed.js";
import { DEFAULT_PARTITIONS, partitionOf } from "./partition.js";
import { createRecorder } from "./recorder.js";
import { createShares, type Shares } from "./shares.js";
import { createStandby } from "./standby.js";
import { warmUp } from "./warm-up.js";

/** How long a partition stays with a worker that died, unless told otherwise. */
const DEFAULT_LEASE_MS = 10_000;

/**
 * Wires source, evaluator and store, and goes on from the last checkpoint. Does not evaluate before
 * {@link AlertService.start}. Of several workers on one database, each evaluates its share of the symbols; what a
 * worker had not evaluated when it died is evaluated by whoever takes its symbols over.
 *
 * Rejects when the store cannot be read.
 */
export async function createAlertService({
  source,
  store,
  onRecorded = () => {},
  past = () => [],
  share,
  checkpointMs = 1_000,
  advanceMs = 1_000,
  clock = systemClock,
  logger = silentLogger,
  ...evaluatorOptions
}: AlertServiceOptions): Promise<AlertService> {
  let evaluator = createEvaluator(evaluatorOptions);
  let { fired, suppressed } = await store.totals();
  let ticks = 0;
  let marketTime: number | null = null;
  let checkpointed = 0;
  let running = false;
  let closed = false;
  const timers = new Map<string, () => void>();

  /** Partitions whose monitors are armed; everything, when nothing is shared. */
  const active = new Set<number>();
  const partitions = share?.partitions ?? DEFAULT_PARTITIONS;
  const leaseMs = share?.leaseMs ?? DEFAULT_LEASE_MS;
  const standby = createStandby(3 * leaseMs, () => clock.now());
  const isMine = (symbol: string) => !share || active.has(partitionOf(symbol, partitions));

  const recorder = createRecorder({
    store,
    clock,
    logger,
    onRecorded(recorded) {
      fired += recorded.fired.length;
      suppressed += recorded.suppressed;
      onRecorded(recorded);
    },
  });

  // The database is the road by which edits come to the evaluator, one after another, whoever made them.
  const edits = inTurn();
  const monitors = createMonitorFeed({
    store,
    evaluator: {
      arm: (armed, memory) => evaluator.arm(armed, memory),
      disarm: (id) => evaluator.disarm(id),
    },
    isMine,
    onArmed: ({ monitor }) => warmUp(evaluator, monitor, past),
    onSymbol: (symbol, isWanted) =>
      isWanted ? source.watch?.([symbol]) : source.unwatch?.([symbol]),
  });
  const sync = () => edits(() => monitors.sync());

  function record(transitions: readonly Transition[]): void {
    if (!shares) return recorder.add(transitions);
    for (const transition of transitions) {
      const lease = shares.lease(partitionOf(transition.monitor.symbol, partitions));
      if (lease) recorder.add([transition], lease);
    }
  }

  function receive(tick: Tick): void {
    if (!running) return;
    marketTime = Math.max(marketTime ?? tick.at, tick.at);
    const partition = partitionOf(tick.symbol, partitions);
    if (shares && !(active.has(partition) && shares.lease(partition))) return standby.add(tick);
    ticks += 1;
    record(evaluator.evaluate(tick));
  }

  let samplesToKeep = newSamples(evaluator);

  async function saveCheckpoint(): Promise<void> {
    if (ticks === checkpointed) return;
    const position = source.playback?.position;
    const value = { ...(position !== undefined && { position }), ticks };
    const { samples, kept } = samplesToKeep(isMine);
    // A checkpoint promises that everything before it is stored, so it waits for that, or is left out.
    if (!(await recorder.flush())) return;
    try {
      await writeCheckpoint(store, samples, value);
      kept();
      checkpointed = value.ticks;
    } catch (error) {
      logger.error({ err: error }, "checkpoint not stored; will retry");
    }
  }

  async function advance(): Promise<void> {
    const now = source.playback ? marketTime : clock.now();
    if (now === null) return;
    record(evaluator.advance(now));
    if (shares) await sync();
    // One worker is enough for what belongs to no symbol.
    if (shares && !active.has(0)) return;
    const released = await store.releaseMuted(now);
    fired += released.fired.length;
    if (released.fired.length > 0) onRecorded(released);
  }

  /** Runs a task again and again while the service runs; a failure is logged, and the next turn tries again. */
  function every(name: string, ms: number, task: () => Promise<void>): void {
    timers.get(name)?.();
    timers.set(
      name,
      clock.after(ms, () => {
        void task()
          .catch((error: unknown) => logger.error({ err: error }, `${name} failed; will retry`))
          .then(() => running && every(name, ms, task));
      }),
    );
  }

  async function takeOver(gained: ReadonlySet<number>): Promise<void> {
    const isGained = (symbol: string) => gained.has(partitionOf(symbol, partitions));
    await sync();
    const samples = await store.samples();
    evaluator.restore(samples.filter(({ symbol }) => isGained(symbol)));
    await edits(() => monitors.take(isGained));
    for (const partition of gained) active.add(partition);
    // What its last owner evaluated is not later than the stored price, and is ignored.
    for (const tick of standby.take(isGained)) receive(tick);
  }

  const shares: Shares | undefined =
    share &&
    createShares({
      store,
      worker: share.worker,
      partitions,
      leaseMs,
      onGained: takeOver,
      onLost(lost) {
        for (const partition of lost) active.delete(partition);
        monitors.drop((symbol) => lost.has(partitionOf(symbol, partitions)));
      },
      clock,
      logger,
    });

  const last = await readCheckpoint(store);
  if (last) {
    ticks = share ? 0 : last.ticks;
    checkpointed = ticks;
    if (last.position !== undefined) source.playback?.seek(last.position);
  }
  const known = await store.samples();
  for (const { at } of known) marketTime = Math.max(marketTime ?? at, at);
  if (!share) evaluator.restore(known);
  await sync();
  await shares?.settle();
  const unsubscribe = source.subscribe(receive);

  async function stop(): Promise<void> {
    source.stop(); // hands out what is due, which is still evaluated
    running = false;
    for (const cancel of timers.values()) cancel();
    timers.clear();
    await saveCheckpoint();
    await recorder.flush();
  }

  async function armedAtOf(symbol: string): Promise<number | null> {
    const here = evaluator.lastSample(symbol);
    if (here) return here.at;
    const [stored] = await store.samples([symbol]);
    return stored?.at ?? null;
  }

  function start(): void {
    if (running || closed || source.playback?.ended) return;
    running = true;
    source.start();
    every("checkpoint", checkpointMs, saveCheckpoint);
    every("advance", advanceMs, advance);
  }

  return {
    start,
    stop,
    status: () => ({
      running: running && !source.playback?.ended,
      speed: source.playback?.speed ?? 1,
      marketTime,
      ticks,
      fired,
      suppressed,
      ended: source.playback?.ended ?? false,
    }),
    health: () => ({
      ok: !recorder.failing,
      source: source.health(),
      backlog: recorder.backlog,
      monitors: evaluator.size,
      ...(shares && { partitions: active.size }),
    }),
    async createMonitor(userId, input) {
      checkHours(input);
      const { monitor } = await store.createMonitor(userId, input, await armedAtOf(input.symbol));
      await sync();
      return monitor;
    },
    async importMonitors(userId, inputs) {
      for (const input of inputs) checkHours(input);
      const symbols = [...new Set(inputs.map(({ symbol }) => symbol))];
      const armedAt = new Map(
        await Promise.all(
          symbols.map(async (symbol) => [symbol, await armedAtOf(symbol)] as const),
        ),
      );
      const armed = await store.importMonitors(
        userId,
        inputs.map((input) => ({ input, armedAt: armedAt.get(input.symbol) ?? null })),
      );
      await sync();
      return armed.map(({ monitor }) => monitor);
    },
    async changeMonitor(userId, id, change) {
      checkHours(change);
      const before = await store.monitor(userId, id);
      if (!before) return undefined;
      const changed = await store.changeMonitor(userId, id, change, await armedAtOf(before.symbol));
      await sync();
      return changed?.monitor;
    },
    async deleteMonitor(userId, id) {
      const deleted = await store.deleteMonitor(userId, id);
      await sync();
      return deleted;
    },
    snooze(userId, monitorId, ruleId, forMs) {
      const now = source.playback ? (marketTime ?? source.playback.position) : clock.now();
      return store.snooze(userId, monitorId, ruleId, forMs > 0 ? now + forMs : null);
    },
    async seek(position) {
      if (!source.playback) return;
      const wasRunning = running;
      await stop();
      source.playback.seek(position);
      marketTime = position;
      evaluator = createEvaluator(evaluatorOptions);
      samplesToKeep = newSamples(evaluator);
      await edits(() => monitors.take(isMine, position));
      if (wasRunning) start();
    },
    async close() {
      closed = true;
      await stop();
      unsubscribe();
      await shares?.close();
      recorder.close();
    },
  };
}

/** Refuses hours nobody knows, before they are stored. */
function checkHours({ rules = [] }: { readonly rules?: NewMonitor["rules"] | undefined }): void {
  for (const { hours } of rules) if (hours) calendarOf(hours);
}
