import type { PresenceMember } from "@tocsin/protocol";
import type { Pointer } from "@tocsin-example/alert-contract";

/** Somebody who looks at the same symbol, however many tabs they have open on it. */
export interface Person {
  readonly userId: string;
  readonly color: string;
}

/** Where somebody else points. */
export interface DeskPointer extends Person {
  readonly clientId: string;
  readonly time: number;
  readonly price: number;
}

/** Dark enough for white letters, far enough apart to be told from each other. */
const COLORS = [
  "#1c64c4",
  "#a8326a",
  "#0b7a63",
  "#8a5a00",
  "#6741c9",
  "#b3402a",
  "#2b6f8f",
  "#5d7014",
];

/** The colour of a user; the same on every screen. */
export function colorOf(userId: string): string {
  let sum = 0;
  for (const sign of userId) sum = (sum * 31 + (sign.codePointAt(0) ?? 0)) >>> 0;
  return COLORS[sum % COLORS.length] ?? "#1c64c4";
}

/** Who else is there, each once, by name. */
export function othersOf(members: readonly PresenceMember[], me: string): Person[] {
  const names = new Set(members.flatMap(({ userId }) => (userId === undefined ? [] : [userId])));
  names.delete(me);
  return [...names].sort().map((userId) => ({ userId, color: colorOf(userId) }));
}

/** A pointer and when it was last heard of. */
export interface HeardPointer {
  readonly pointer: Pointer;
  readonly at: number;
}

/** Nobody who points holds still for longer; whose tab has crashed says no goodbye. */
export const POINTER_MS = 10_000;

/** The pointers of others that are on the chart and were heard of lately. */
export function visiblePointers(
  heard: Iterable<HeardPointer>,
  mine: string,
  now: number,
): DeskPointer[] {
  const shown: DeskPointer[] = [];
  for (const { pointer, at } of heard) {
    const { clientId, userId, time, price } = pointer;
    if (clientId === mine || time === null || price === null || now - at > POINTER_MS) continue;
    shown.push({ clientId, userId, time, price, color: colorOf(userId) });
  }
  return shown;
}
