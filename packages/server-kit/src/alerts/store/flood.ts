import type { AlertNotification } from "@tocsin/protocol/alerts";
import type { Flood, Ledger, Outing, UserRecord } from "./ledger.js";
import { digestNotification, floodNotification, withCovers } from "./notification.js";

/** How much one user is told at once. */
export interface PushRules {
  /** So many notifications within `windowMs` of market time go out one by one; a summary stands for the rest. */
  readonly flood: { readonly max: number; readonly windowMs: number };
  /** How long what is of severity `info` is collected, milliseconds of market time; `null`: it goes out at once. */
  readonly digestMs: number | null;
}

/** How often a summary says how many it covers, milliseconds of server time. */
const SUMMARY_EVERY_MS = 1_000;

/** Puts a notification into the inbox that was not there, and sends it out. */
function add(ledger: Ledger, notification: AlertNotification, to: Outing): void {
  ledger.notifications.set(notification.id, notification);
  ledger.outgoing.push({ notification, to });
}

/** Changes a notification in the inbox; the revision goes out. */
export function revise(
  ledger: Ledger,
  notification: AlertNotification,
  change: Partial<AlertNotification>,
  now: number,
  to: Outing,
): void {
  const revision = notification.revision + 1;
  add(ledger, { ...notification, ...change, revision, updatedAt: now }, to);
}

/**
 * Adds a notification at a market time, and decides how it goes out. The clock of a flood is the market's, so that
 * workers whose clocks differ, and a replay at any speed, come to the same. What is critical is never held back.
 */
export function admit(
  ledger: Ledger,
  notification: AlertNotification,
  at: number,
  { flood, digestMs }: PushRules,
): void {
  const { userId, severity, storedAt: now } = notification;
  const user = ledger.users.get(userId) ?? newUser(userId);
  if (digestMs !== null && severity === "info") {
    const waiting = user.digest ?? { first: notification.id, count: 0, dueAt: at + digestMs };
    ledger.users.set(userId, { ...user, digest: { ...waiting, count: waiting.count + 1 } });
    return add(ledger, { ...notification, push: "digest" }, "inbox");
  }
  const recent = user.floodTimes.filter((time) => time > at - flood.windowMs).length;
  const told = { ...user, floodTimes: [...user.floodTimes, at].slice(-flood.max) };
  if (recent < flood.max) {
    add(ledger, notification, "everybody");
    ledger.users.set(userId, endFlood(ledger, told, at, now));
  } else if (severity === "critical") {
    add(ledger, notification, "everybody");
    ledger.users.set(userId, told);
  } else {
    const held: AlertNotification = { ...notification, push: "flood" };
    add(ledger, held, "inbox");
    ledger.users.set(userId, cover(ledger, told, held, at));
  }
}

/** A user nobody was told of yet. */
function newUser(userId: string): UserRecord {
  return { userId, floodTimes: [], flood: null, digest: null };
}

function cover(ledger: Ledger, user: UserRecord, held: AlertNotification, at: number): UserRecord {
  if (user.flood) {
    const flood = {
      ...user.flood,
      at: Math.max(at, user.flood.at),
      waiting: user.flood.waiting + 1,
    };
    return sayCovered(ledger, { ...user, flood }, held.storedAt);
  }
  const summary = floodNotification(held, at, held.storedAt);
  add(ledger, summary, "everybody");
  return { ...user, flood: { id: summary.id, at, waiting: 0 } };
}

/** Lets the summary say how many it covers, but not more often than once a second. */
function sayCovered(ledger: Ledger, user: UserRecord, now: number): UserRecord {
  const summary = summaryOf(ledger, user.flood);
  if (!user.flood || !summary || user.flood.waiting === 0) return user;
  // The last revision may have been another worker's, whose clock is ahead.
  if (Math.abs(now - summary.updatedAt) < SUMMARY_EVERY_MS) return user;
  const { waiting } = user.flood;
  const { covers, body } = withCovers(summary, summary.covers + waiting);
  revise(ledger, summary, { covers, body }, now, "inbox");
  return { ...user, flood: { ...user.flood, waiting: 0 } };
}

function endFlood(ledger: Ledger, user: UserRecord, at: number, now: number): UserRecord {
  const summary = summaryOf(ledger, user.flood);
  if (!user.flood || !summary) return { ...user, flood: null };
  const { covers, body } = withCovers(summary, summary.covers + user.flood.waiting);
  revise(ledger, summary, { covers, body, state: "resolved", resolvedAt: at }, now, "everybody");
  return { ...user, flood: null };
}

function summaryOf(ledger: Ledger, flood: Flood | null): AlertNotification | undefined {
  return flood ? ledger.notifications.get(flood.id) : undefined;
}

/** Writes digests that are due, ends floods that are over, and lets the others say how far they are. */
export function releaseUser(
  ledger: Ledger,
  user: UserRecord,
  at: number,
  now: number,
  { flood }: PushRules,
): void {
  let next = user;
  if (next.flood) {
    const over = next.flood.at <= at - flood.windowMs;
    next = over ? endFlood(ledger, next, at, now) : sayCovered(ledger, next, now);
  }
  if (next.digest && next.digest.dueAt <= at) {
    add(ledger, digestNotification(user.userId, next.digest, at, now), "everybody");
    next = { ...next, digest: null };
  }
  if (next !== user) ledger.users.set(user.userId, next);
}
