import type { AlertRule, Monitor, Tick } from "@tocsin/protocol/alerts";

/** One notification, as far as it can be said without a database. */
export interface Told {
  readonly monitor: string;
  readonly rule: string;
  readonly at: number;
  readonly price: number | null;
  resolvedAt: number | null;
  suppressed: number;
}

interface Seen {
  readonly rule: AlertRule;
  phase: "new" | "held" | "quiet" | "pending" | "firing";
  since: number;
  firedAt: number;
  firedPrice: number;
  last: Told | undefined;
  told: Told | undefined;
}

/**
 * What should be told of some ticks, read from the guide rule by rule: no index, no windows, no batches, nothing of
 * the kit. Every rule looks at every tick of its symbol and at all ticks before it.
 */
export function naive(monitors: readonly Monitor[], ticks: Iterable<Tick>): Told[] {
  const all: Told[] = [];
  const past = new Map<string, Tick[]>();
  let end = 0;
  const rules = monitors.map(({ id, symbol, cooldownMs, rules: own }) => ({
    id,
    symbol,
    cooldownMs,
    seen: own.map(fresh),
  }));
  for (const tick of ticks) {
    const before = past.get(tick.symbol) ?? [];
    const was = before.at(-1);
    for (const { id, symbol, cooldownMs, seen } of rules) {
      if (symbol !== tick.symbol) continue;
      for (const one of seen) {
        const { rule } = one;
        const fire = (at: number, price: number | null) => {
          one.phase = "firing";
          one.firedAt = at;
          one.firedPrice = price ?? 0;
          if (one.last && at < one.last.at + (rule.cooldownMs ?? cooldownMs)) {
            one.last.suppressed += 1;
            return;
          }
          one.told = { monitor: id, rule: rule.id, at, price, resolvedAt: null, suppressed: 0 };
          one.last = one.told;
          all.push(one.told);
        };
        const resolve = (at: number) => {
          if (one.told) one.told.resolvedAt = at;
          one.told = undefined;
          one.phase = "quiet";
        };
        if (rule.kind === "stale-feed") {
          const due = was && was.at + rule.afterMs + rule.forMs;
          if (due !== undefined && due < tick.at) fire(due, was?.price ?? null);
          if (one.phase === "firing") resolve(tick.at);
          continue;
        }
        if (one.phase === "pending" && one.since + rule.forMs < tick.at) {
          fire(one.since + rule.forMs, was?.price ?? null);
        }
        const { holds, quiet, passed } = read(rule, tick, before, one);
        if (one.phase === "new")
          one.phase =
            needsToCome(rule) && read(rule, was ?? tick, [], one).holds ? "held" : "quiet";
        if (one.phase === "held") one.phase = holds ? "held" : "quiet";
        else if (one.phase === "pending" && !holds) one.phase = "quiet";
        else if (one.phase === "firing" && rule.kind === "percent-change" && holds) {
          resolve(tick.at);
          fire(tick.at, tick.price);
        } else if (one.phase === "firing" && quiet) resolve(tick.at);
        else if (one.phase === "quiet" && rule.forMs > 0 && holds) {
          one.phase = "pending";
          one.since = tick.at;
        } else if (one.phase === "quiet" && rule.forMs === 0 && (holds || passed)) {
          fire(tick.at, tick.price);
          if (quiet) resolve(tick.at);
        }
        if (one.phase === "pending" && one.since + rule.forMs === tick.at)
          fire(tick.at, tick.price);
      }
    }
    before.push(tick);
    past.set(tick.symbol, before);
    end = Math.max(end, tick.at);
  }
  // Silence is told when it lasts long enough, also where no tick ends it.
  for (const { id, symbol, cooldownMs, seen } of rules) {
    const last = past.get(symbol)?.at(-1);
    for (const { rule, last: told } of seen) {
      if (rule.kind !== "stale-feed" || !last) continue;
      const at = last.at + rule.afterMs + rule.forMs;
      if (at > end) continue;
      if (told && at < told.at + (rule.cooldownMs ?? cooldownMs)) told.suppressed += 1;
      else
        all.push({
          monitor: id,
          rule: rule.id,
          at,
          price: last.price,
          resolvedAt: null,
          suppressed: 0,
        });
    }
  }
  return all;
}

const fresh = (rule: AlertRule): Seen => ({
  rule,
  phase: "new",
  since: 0,
  firedAt: -Infinity,
  firedPrice: 0,
  last: undefined,
  told: undefined,
});
const needsToCome = ({ kind }: AlertRule) =>
  kind === "entry-range" || kind === "take-profit" || kind === "stop-loss" || kind === "crossing";

function read(rule: AlertRule, tick: Tick, before: readonly Tick[], { firedAt, firedPrice }: Seen) {
  const { price, at } = tick;
  const plain = (holds: boolean, quiet = !holds, passed = false) => ({ holds, quiet, passed });
  const level = (
    above: boolean,
    r: { price: number; clear: number | null; hysteresis: number },
  ) => {
    const back = r.clear ?? r.price * (1 + ((above ? -1 : 1) * r.hysteresis) / 100);
    return above ? plain(price >= r.price, price < back) : plain(price <= r.price, price > back);
  };
  switch (rule.kind) {
    case "entry-range": {
      const slack = (rule.hysteresis / 100) * (rule.high - rule.low);
      const was = before.at(-1)?.price ?? price;
      const across = Math.min(was, price) < rule.low && Math.max(was, price) > rule.high;
      return plain(
        price >= rule.low && price <= rule.high,
        price < rule.low - slack || price > rule.high + slack,
        across,
      );
    }
    case "take-profit":
      return level(rule.side === "long", rule);
    case "stop-loss":
      return level(rule.side === "short", rule);
    case "threshold":
      return level(rule.when === "above", rule);
    case "crossing":
      return level(rule.direction === "up", rule);
    case "percent-change": {
      const start = before.findLast((old) => old.at <= at - rule.windowMs) ?? before[0];
      const base = firedAt > at - rule.windowMs ? firedPrice : start?.price;
      if (base === undefined) return plain(false);
      const change = ((price - base) / base) * 100;
      const enough = (by: number) => by >= rule.percent * (1 - 1e-9);
      return plain(
        (rule.direction !== "down" && enough(change)) ||
          (rule.direction !== "up" && enough(-change)),
      );
    }
    case "range-breakout": {
      const [first] = before;
      const window: number[] = [];
      for (let index = before.length - 1; index >= 0; index -= 1) {
        const old = before[index] as Tick;
        if (old.at < at - rule.windowMs) break;
        window.push(old.price);
      }
      if (!first || first.at > at - rule.windowMs || window.length === 0)
        return { holds: false, quiet: false, passed: false };
      return plain(
        (rule.direction !== "low" && price > Math.max(...window)) ||
          (rule.direction !== "high" && price < Math.min(...window)),
      );
    }
    case "volume-spike": {
      const traded = new Map<number, number>();
      const recent = [tick];
      const needed = new Set<number>();
      for (let index = before.length - 1; index >= 0 && needed.size <= rule.bars + 2; index -= 1) {
        const old = before[index] as Tick;
        needed.add(Math.floor(old.at / rule.barMs));
        recent.unshift(old);
      }
      for (const [index, now] of recent.entries()) {
        const old = recent[index - 1];
        const bar = Math.floor(now.at / rule.barMs);
        const volume = old ? (now.volume >= old.volume ? now.volume - old.volume : now.volume) : 0;
        traded.set(bar, (traded.get(bar) ?? 0) + volume);
      }
      const bars = [...traded.values()];
      const finished = bars.slice(1, -1).slice(-rule.bars);
      const mean = finished.reduce((sum, volume) => sum + volume, 0) / rule.bars;
      if (finished.length < rule.bars || mean === 0)
        return { holds: false, quiet: false, passed: false };
      return plain((bars.at(-1) ?? 0) / mean >= rule.factor);
    }
    case "stale-feed":
      return plain(false);
    default:
      return rule satisfies never;
  }
}
