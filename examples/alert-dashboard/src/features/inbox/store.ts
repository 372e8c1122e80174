import type {
  EventMeta,
  Listenable,
  Recovery,
  SubscriptionEvents,
  SubscriptionState,
} from "@tocsin/client";
import type { AlertNotification } from "@tocsin/protocol/alerts";
import { type Action, predict } from "./action.js";
import { newer } from "./merge.js";

/** Most alerts kept from the socket; older ones are listed by the server. */
const MOST = 2_000;
/** A flood of alerts is shown once in so many milliseconds. */
const SHOW_EVERY_MS = 40;

/** How the last subscribe to the inbox went: what the reader may have missed. */
export type RecoveryView =
  | { readonly outcome: "fresh" | "nothing-missed" }
  | { readonly outcome: "recovered" | "gap"; readonly count: number };

/** What the page knows of the inbox without asking; a new object whenever something changed. */
export interface InboxView {
  readonly alerts: ReadonlyMap<string, AlertNotification>;
  /** First seen while the page was open. */
  readonly fresh: ReadonlySet<string>;
  readonly recovery: RecoveryView | undefined;
  readonly channel: SubscriptionState;
  /** What an alert looks like right now, with what the reader just did to it. */
  shown(alert: AlertNotification): AlertNotification;
}

/** What an inbox tells apart from its view. */
export interface InboxEvents {
  /** An alert nobody has seen yet. `replayed` when it had been waiting while the connection was down. */
  onNew(alert: AlertNotification, replayed: boolean): void;
  /** An alert looks different; `before` is `undefined` when it was not known here. */
  onChange(before: AlertNotification | undefined, after: AlertNotification): void;
  onRecovery(recovery: Recovery): void;
}

/** The live side of the inbox. */
export interface InboxStore {
  readonly view: InboxView;
  subscribe(listener: () => void): () => void;
  /** Takes in what the server answered. */
  take(alert: AlertNotification): void;
  /** Shows at once what `send` will most likely bring, and takes it back when it fails; rejects as `send` does. */
  act(
    alert: AlertNotification,
    action: Action,
    send: () => Promise<AlertNotification>,
  ): Promise<AlertNotification>;
  /** The same for all up to a `seq`; `send` resolves when what it did can be listed. */
  readAll(upTo: number, send: () => Promise<unknown>): Promise<void>;
  stop(): void;
}

/** Where alerts come from. */
export type InboxSource = Listenable<SubscriptionEvents<AlertNotification>> & {
  readonly state: SubscriptionState;
};

/** Keeps the highest revision of each alert. `after` and `now` are arguments for the tests. */
export function createInboxStore(
  source: InboxSource,
  events: InboxEvents,
  now: () => number = Date.now,
  after: (run: () => void, ms: number) => void = setTimeout,
): InboxStore {
  const listeners = new Set<() => void>();
  const alerts = new Map<string, AlertNotification>();
  const fresh = new Set<string>();
  const guesses = new Map<string, Set<(alert: AlertNotification) => AlertNotification>>();
  let allRead: { readonly upTo: number; readonly at: number } | undefined;
  let recovery: RecoveryView | undefined;
  let scheduled = false;

  const shown = (alert: AlertNotification): AlertNotification => {
    let seen = newer(alert, alerts.get(alert.id) ?? alert);
    if (allRead && seen.seq <= allRead.upTo && seen.readAt === null) {
      seen = { ...seen, readAt: allRead.at };
    }
    for (const guess of guesses.get(alert.id) ?? []) seen = guess(seen);
    return seen;
  };
  // A function of its own for each view: who compares views sees that what is shown has changed.
  const makeView = (): InboxView => ({
    alerts: new Map(alerts),
    fresh: new Set(fresh),
    recovery,
    channel: source.state,
    shown: (alert) => shown(alert),
  });
  let view = makeView();

  function touch(): void {
    if (scheduled) return;
    scheduled = true;
    after(() => {
      scheduled = false;
      view = makeView();
      for (const listener of listeners) listener();
    }, SHOW_EVERY_MS);
  }

  function changing(id: string, change: () => void): void {
    const known = alerts.get(id);
    const before = known && shown(known);
    change();
    const changed = alerts.get(id);
    if (changed) events.onChange(before, shown(changed));
    touch();
  }

  function take(alert: AlertNotification): void {
    const known = alerts.get(alert.id);
    if (known && known.revision >= alert.revision) return;
    changing(alert.id, () => alerts.set(alert.id, alert));
    if (alerts.size > MOST) forgetOldest(alerts, fresh);
  }

  const stops = [
    source.on("event", (alert: AlertNotification, { replayed }: EventMeta) => {
      const isNew = alert.revision === 1 && !alerts.has(alert.id);
      if (replayed && recovery?.outcome === "recovered") {
        recovery = { outcome: "recovered", count: recovery.count + 1 };
      }
      if (isNew) fresh.add(alert.id);
      take(alert);
      touch();
      if (isNew) events.onNew(alert, replayed);
    }),
    source.on("recovery", (outcome: Recovery) => {
      recovery = toView(outcome);
      touch();
      events.onRecovery(outcome);
    }),
    source.on("state", touch),
  ];

  return {
    get view() {
      return view;
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    take,
    async act(alert, action, send) {
      take(alert);
      const at = now();
      const guess = (seen: AlertNotification) => predict(seen, action, at);
      const mine = guesses.get(alert.id) ?? new Set();
      changing(alert.id, () => guesses.set(alert.id, mine.add(guess)));
      try {
        const answer = await send();
        changing(alert.id, () => {
          mine.delete(guess);
          alerts.set(alert.id, newer(alerts.get(alert.id) ?? answer, answer));
        });
        return answer;
      } catch (error) {
        changing(alert.id, () => mine.delete(guess));
        throw error;
      }
    },
    async readAll(upTo, send) {
      allRead = { upTo, at: now() };
      touch();
      try {
        await send();
      } finally {
        allRead = undefined;
        touch();
      }
    },
    stop() {
      for (const stop of stops) stop();
    },
  };
}

function forgetOldest(alerts: Map<string, AlertNotification>, fresh: Set<string>): void {
  const oldest = [...alerts.values()].sort((a, b) => a.seq - b.seq).slice(0, MOST / 4);
  for (const { id } of oldest) {
    alerts.delete(id);
    fresh.delete(id);
  }
}

function toView(recovery: Recovery): RecoveryView {
  switch (recovery.outcome) {
    case "gap":
      return { outcome: "gap", count: missedIn(recovery) };
    case "recovered":
      return { outcome: "recovered", count: 0 };
    default:
      return { outcome: recovery.outcome };
  }
}

/** How many events a gap holds. Offsets count from 1: a gap up to 0 is that of a channel nothing was said on yet. */
function missedIn({ from, to }: { readonly from: number; readonly to: number }): number {
  return Math.max(0, to - Math.max(from, 1) + 1);
}
