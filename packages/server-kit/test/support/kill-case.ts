import { setTimeout as sleep } from "node:timers/promises";
import { expect, vi } from "vitest";
import type { HistoryStore, Keep } from "../../src/store/history-store.js";

export const LOG: Keep = { mode: "log", size: 100_000, ttlMs: 3_600_000 };
const soon = { timeout: 20_000, interval: 20 };

/** An entry published now. */
export const entry = (data: unknown) => ({ data, timestamp: Date.now() });

/** A server that can be killed, and a store on it. */
export interface Killable {
  readonly history: HistoryStore;
  readonly server: { kill(): Promise<void>; start(): Promise<void> };
  ping(): Promise<void>;
}

/** Kills the server under writers twice, and counts: every acknowledged append is there, once, under one epoch. */
export async function losesNothingAcknowledged(
  channel: string,
  { history, server, ping }: Killable,
): Promise<void> {
  const { epoch } = await history.read(channel);
  const acknowledged: number[] = [];
  const refused: unknown[] = [];
  const refuse = async (error: unknown) => {
    refused.push(error);
    await sleep(5); // what is refused at once is tried again at once otherwise
  };
  let n = 0;
  for (const turn of [1, 2]) {
    let killed = false;
    const writers = Array.from({ length: 5 }, async () => {
      while (!killed) {
        n += 1;
        const appended = await history.append(channel, entry(n), LOG).catch(refuse);
        if (appended) acknowledged.push(appended.offset);
      }
    });
    await vi.waitFor(() => expect(acknowledged.length).toBeGreaterThan(turn * 100), soon);
    await server.kill();
    killed = true;
    await Promise.all(writers);
    await expect(history.read(channel)).rejects.toMatchObject({ retryable: true });
    await server.start();
    await vi.waitFor(ping, soon);
  }
  const page = await vi.waitFor(() => history.read(channel), soon);
  expect(page.epoch).toBe(epoch);
  const stored = new Set(page.entries.map(({ offset }) => offset));
  expect(stored.size).toBe(page.offset);
  expect(acknowledged.filter((offset) => !stored.has(offset))).toEqual([]);
  expect(new Set(acknowledged).size).toBe(acknowledged.length);
  for (const error of refused) expect(error).toMatchObject({ retryable: true });
}
