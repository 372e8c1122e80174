import { type Client, createClient } from "@tocsin/client";
import type { PublishRecord } from "./checker.js";
import { contract } from "./contract.js";
import type { Dice } from "./random.js";

/** Publishes entries of one channel in order, and writes down what it was told about each. */
export interface Publisher extends AsyncDisposable {
  readonly client: Client<typeof contract>;
  readonly records: readonly PublishRecord[];
  readonly settled: number;
  /** Publishes so many more, at most `window` of them unanswered at a time; resolves when all are settled. */
  run(count: number, onSent?: (n: number) => Promise<void> | undefined): Promise<void>;
}

export interface PublisherOptions {
  readonly url: string;
  readonly name: string;
  readonly window: number;
  readonly dice: Dice;
  readonly timeoutMs?: number;
  /** One more publish is settled. */
  readonly onSettled?: () => void;
}

export function createPublisher(options: PublisherOptions): Publisher {
  const { url, name, window, dice, timeoutMs = 20_000 } = options;
  const client = createClient({
    url,
    contract,
    backoff: { baseMs: 5, maxMs: 40 },
    connectTimeoutMs: 2_000,
    requestTimeoutMs: timeoutMs,
    random: dice.roll,
  });
  const ref = contract.journal({ name });
  const records: PublishRecord[] = [];
  let settled = 0;

  async function publish(n: number): Promise<void> {
    const index = n - 1;
    try {
      const { epoch, offset } = await client.publish(ref, { n });
      records[index] = { value: n, outcome: "acked", epoch, offset };
    } catch {
      // Whatever the error says, the event may have been stored before it.
      records[index] = { value: n, outcome: "unknown" };
    }
    settled += 1;
    options.onSettled?.();
  }

  return {
    client,
    records,
    get settled() {
      return settled;
    },
    async run(count, onSent) {
      const open = new Set<Promise<void>>();
      const first = records.length + 1;
      for (let n = first; n < first + count; n += 1) {
        records[n - 1] = { value: n, outcome: "unknown" };
        const task: Promise<void> = publish(n).then(() => void open.delete(task));
        open.add(task);
        await onSent?.(n);
        if (open.size >= window) await Promise.race(open);
      }
      await Promise.all(open);
    },
    [Symbol.asyncDispose]: () => client.close(),
  };
}
