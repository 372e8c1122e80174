import type { Monitor, MonitorChange, NewMonitor, Tick } from "@tocsin/protocol/alerts";
import { type Clock, systemClock } from "../clock.js";
import { type Logger, silentLogger } from "../logger.js";
import type { AlertStore } from "./alert-store.js";
import { readCheckpoint, writeCheckpoint } from "./checkpoint.js";
import { createEvaluator } from "./evaluator.js";
import { inTurn } from "./in-turn.js";
import { type AlertPublisher, createOutbox } from "./outbox.js";
import { createRecorder } from "./recorder.js";
import type { MarketDataSource, SourceHealth } from "./sources/source.js";

/** Settings of {@link createAlertService}. */
export interface AlertServiceOptions<Ref> {
  readonly source: MarketDataSource;
  readonly store: AlertStore;
  /** A hub, or whatever else carries alerts to their owners. */
  readonly publisher: AlertPublisher<Ref>;
  /** The inbox channel of a user, as in `(userId) => market.alerts({ userId })`. */
  readonly channel: (userId: string) => Ref;
  /** Real time between two checkpoints, milliseconds: how much is evaluated again after a crash. Default 1,000. */
  readonly checkpointMs?: number;
  readonly clock?: Clock;
  readonly logger?: Logger;
}

/** What an alert service is doing. Counts go on over restarts. */
export interface AlertServiceStatus {
  /** Whether ticks are being evaluated. */
  readonly running: boolean;
  /** Market milliseconds that pass in one real millisecond; 1 on a live feed. */
  readonly speed: number;
  /** Market time of the last tick, milliseconds since 1970; `null` before the first. */
  readonly marketTime: number | null;
  readonly ticks: number;
  readonly fired: number;
  readonly suppressed: number;
  /** Whether played data has come to its end. */
  readonly ended: boolean;
}

/** Whether an alert service does its work. */
export interface AlertServiceHealth {
  /** Whether alerts are being stored. */
  readonly ok: boolean;
  readonly source: SourceHealth;
  /** How many triggers wait to be stored. */
  readonly backlog: number;
}

/** Monitors in, notifications out. */
export interface AlertService {
  /** Evaluates ticks; harmless when it does. At the end of played data, or once closed, it does nothing. */
  start(): void;
  /** Stops evaluating, stores what was found and hands it on. What cannot be stored or handed on stays queued. */
  stop(): Promise<void>;
  /** What it is doing now. */
  status(): AlertServiceStatus;
  /** Whether it can do it. */
  health(): AlertServiceHealth;
  /**
   * Adds a monitor and watches it.
   *
   * @throws {@link TooManyMonitorsError} when the user has as many as allowed.
   */
  createMonitor(userId: string, input: NewMonitor): Promise<Monitor>;
  /** Changes a monitor and watches the new version; `undefined` when it is not this user's. */
  changeMonitor(userId: string, id: string, change: MonitorChange): Promise<Monitor | undefined>;
  /** Deletes a monitor; `false` when it is not this user's. Notifications stay. */
  deleteMonitor(userId: string, id: string): Promise<boolean>;
  /** Stops for good. The store, the source and the publisher are the caller's. */
  close(): Promise<void>;
}

/**
 * Wires source, evaluator, store and outbox, goes on from the last checkpoint and hands on what an earlier
 * process left unpublished. Does not evaluate before {@link AlertService.start}.
 *
 * Rejects when the store cannot be read.
 */
export async function createAlertService<Ref>({
  source,
  store,
  publisher,
  channel,
  checkpointMs = 1_000,
  clock = systemClock,
  logger = silentLogger,
}: AlertServiceOptions<Ref>): Promise<AlertService> {
  const evaluator = createEvaluator();
  const outbox = createOutbox({ store, publisher, channel, clock, logger });
  const edits = inTurn();
  let { fired, suppressed } = await store.totals();
  let ticks = 0;
  let marketTime: number | null = null;
  let checkpointed = 0;
  let running = false;
  let closed = false;
  let cancelCheckpoint: () => void = () => {};

  const recorder = createRecorder({
    store,
    clock,
    logger,
    onRecorded(recorded) {
      fired += recorded.fired.length;
      suppressed += recorded.suppressed;
      if (recorded.fired.length > 0) outbox.wake();
    },
  });

  function receive(tick: Tick): void {
    if (!running) return;
    ticks += 1;
    marketTime = Math.max(marketTime ?? tick.at, tick.at);
    recorder.add(evaluator.evaluate(tick));
  }

  async function saveCheckpoint(): Promise<void> {
    if (ticks === checkpointed) return;
    const position = source.playback?.position;
    const value = {
      ...(position !== undefined && { position }),
      ticks,
      samples: [...evaluator.samples()],
    };
    // A checkpoint promises that everything before it is stored, so it waits for that, or is left out.
    if (!(await recorder.flush())) return;
    try {
      await writeCheckpoint(store, value);
      checkpointed = value.ticks;
    } catch (error) {
      logger.error({ err: error }, "checkpoint not stored; will retry");
    }
  }

  function scheduleCheckpoint(): void {
    cancelCheckpoint();
    cancelCheckpoint = clock.after(checkpointMs, () => {
      void saveCheckpoint().then(() => running && scheduleCheckpoint());
    });
  }

  const armedAt = (symbol: string) => evaluator.lastSample(symbol)?.at ?? null;

  const last = await readCheckpoint(store);
  if (last) {
    ({ ticks } = last);
    checkpointed = ticks;
    evaluator.restore(last.samples);
    for (const { at } of last.samples) marketTime = Math.max(marketTime ?? at, at);
    if (last.position !== undefined) source.playback?.seek(last.position);
  }
  for (const armed of await store.allMonitors()) evaluator.arm(armed);
  const unsubscribe = source.subscribe(receive);
  outbox.wake();

  async function stop(): Promise<void> {
    source.stop(); // hands out what is due, which is still evaluated
    running = false;
    cancelCheckpoint();
    await saveCheckpoint();
    await recorder.flush();
    await outbox.flush();
  }

  return {
    start() {
      if (running || closed || source.playback?.ended) return;
      running = true;
      source.start();
      scheduleCheckpoint();
    },
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
    }),
    createMonitor: (userId, input) =>
      edits(async () => {
        const armed = await store.createMonitor(userId, input, armedAt(input.symbol));
        evaluator.arm(armed);
        return armed.monitor;
      }),
    changeMonitor: (userId, id, change) =>
      edits(async () => {
        const before = await store.monitor(userId, id);
        if (!before) return undefined;
        const armed = await store.changeMonitor(userId, id, change, armedAt(before.symbol));
        if (armed) evaluator.arm(armed);
        return armed?.monitor;
      }),
    deleteMonitor: (userId, id) =>
      edits(async () => {
        const deleted = await store.deleteMonitor(userId, id);
        if (deleted) evaluator.disarm(id);
        return deleted;
      }),
    async close() {
      closed = true;
      await stop();
      unsubscribe();
      recorder.close();
      outbox.close();
    },
  };
}
