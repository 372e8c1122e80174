import type { Hub } from "@tocsin/server-kit";
import { contract } from "./contract.js";
import type { Answers, Command } from "./server-settings.js";

/** Carries out what the parent asks for, and answers under the id it was asked with. */
export function createCommands(
  hub: Hub<typeof contract>,
  closing: () => number,
): (message: unknown) => Promise<void> {
  let peak = 0;

  /**
   * The most any reader is held for, looked at after each publish, when there is most of it. Only if all of them
   * together have more than that; or looking would be most of what the server does.
   */
  const measure = () => {
    if (hub.stats().queuedBytes <= peak) return;
    for (const { queuedBytes } of hub.clients()) peak = Math.max(peak, queuedBytes);
  };

  async function publish({
    channel,
    name,
    over = 1,
    from,
    to,
    padBytes = 0,
    everyMs,
  }: Command & { do: "publish" }) {
    const refs = Array.from({ length: over }, (_none, index) =>
      contract[channel]({ name: over === 1 ? name : `${name}${index}` }),
    );
    const pad = padBytes > 0 ? "x".repeat(padBytes) : undefined;
    const start = performance.now();
    let last = { epoch: "", offset: 0 };
    for (let n = from; n <= to; n += 1) {
      if (everyMs !== undefined) {
        const waitMs = start + (n - from) * everyMs - performance.now();
        if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
      }
      const ref = refs[n % over];
      if (!ref) break;
      const at = performance.timeOrigin + performance.now();
      last = await hub.publish(ref, { n, at, ...(pad !== undefined && { pad }) });
      if (padBytes === 0) continue;
      await new Promise(setImmediate); // until what was published has reached the outboxes
      measure();
    }
    return last;
  }

  function stats(): Answers["stats"] {
    const { connections, subscriptions, channels, published, closed } = hub.stats();
    const rssBytes = process.memoryUsage.rss();
    const { user, system } = process.cpuUsage();
    return {
      connections,
      subscriptions,
      channels,
      published,
      closed,
      closing: closing(),
      rssBytes,
      cpuMs: (user + system) / 1_000,
    };
  }

  function takePeak(): number {
    measure();
    const was = peak;
    peak = 0;
    return was;
  }

  async function carryOut(command: Command): Promise<Answers[keyof Answers]> {
    switch (command.do) {
      case "publish":
        return publish(command);
      case "stats":
        return stats();
      case "peak":
        return takePeak();
      case "drain":
        await hub.close({ drainWithin: command.withinMs });
        return null;
      default:
        return command satisfies never;
    }
  }

  return async (message) => {
    const { id, command } = message as { readonly id: number; readonly command: Command };
    try {
      process.send?.({ type: "answer", id, answer: await carryOut(command) });
    } catch (error) {
      process.send?.({ type: "failed", id, why: String(error) });
    }
  };
}
