import { nowUs, stamp } from "./stamp.js";
import type { Subject } from "./subjects/subject.js";
import { channelAt, PAYLOAD_BYTES } from "./workloads.js";

/** What to publish. */
export interface Go {
  readonly eventsPerTick: number;
  readonly tickMs: number;
  readonly ticks: number;
  readonly channels: number;
  readonly readersPerChannel: number;
  /** The reader process reports so many events with one byte. */
  readonly framesPerAck: number;
  /** Alerts on the channel past the others. The ticks then go on for as long as there are alerts. */
  readonly alerts?: { readonly count: number; readonly everyMs: number; readonly readers: number };
}

/** What was published. A run that hears nothing from its readers for a while gives up. */
export interface Published {
  readonly events: number;
  readonly alerts: number;
  readonly stalled: 0 | 1;
}

/** What the readers have reported. */
export interface Acks {
  count: number;
  wake(): void;
}

const STALL_MS = 10_000;

/** Publishes tick after tick, never more than two ticks ahead of what the readers have got. */
export async function publishAll(
  subject: Subject,
  acks: Acks,
  go: Go,
  serial: number,
): Promise<Published> {
  const perTick = go.eventsPerTick * go.readersPerChannel;
  const ahead = Math.max(2 * perTick, 4_000);
  const { alerts } = go;
  let tolled = 0;
  const tolling =
    alerts &&
    toll(subject, go, () => {
      tolled += 1;
    });
  let deliveries = 0;
  let events = 0;
  for (let tick = 0; alerts ? tolled < alerts.count : tick < go.ticks; tick++) {
    while (deliveries + tolled * (alerts?.readers ?? 0) - acks.count * go.framesPerAck > ahead) {
      if (!(await ackOrStall(acks))) return { events, alerts: tolled, stalled: 1 };
    }
    const began = performance.now();
    for (let n = 0; n < go.eventsPerTick; n++) {
      events += 1;
      const at = serial + events;
      subject.publish(channelAt(at, go.channels), text(at, alerts ? "" : stamp(nowUs())));
    }
    deliveries += perTick;
    subject.endTick?.();
    if (go.tickMs === 0) await new Promise((resolve) => setImmediate(resolve));
    else await sleep(go.tickMs - (performance.now() - began));
  }
  await tolling;
  return { events, alerts: tolled, stalled: 0 };
}

/** Alerts at times that have nothing to do with the ticks. Each says when it was due, not when its turn came. */
async function toll(subject: Subject, go: Go, tolled: () => void): Promise<void> {
  const { count = 0, everyMs = 0 } = go.alerts ?? {};
  let due = nowUs();
  for (let n = 0; n < count; n++) {
    due += everyMs * 1_000 * (0.5 + Math.random());
    await sleep((due - nowUs()) / 1_000);
    subject.publish(go.channels, text(n, stamp(due)));
    subject.endTick?.();
    tolled();
  }
}

function ackOrStall(acks: Acks): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), STALL_MS);
    acks.wake = () => {
      clearTimeout(timer);
      resolve(true);
    };
  });
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)));
}

/** New text for every event, so that nobody can reuse the last one, and as long as the payload wants. */
function text(n: number, moment: string): string {
  return `${moment}-${n}-`.padEnd(PAYLOAD_BYTES - 30, "abcdefghij");
}
