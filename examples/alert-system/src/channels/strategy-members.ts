import type { MonitorStore } from "@tocsin/server-kit/alerts";
import type { HouseStrategy } from "../context.js";

/** Who reads whose strategy, from the name in its channel: `momentum`, or `anna~my swings`. */
export function strategyOwner(name: string): { readonly owner?: string; readonly name: string } {
  const end = name.indexOf("~"); // names of users have none
  return end < 0 ? { name } : { owner: name.slice(0, end), name: name.slice(end + 1) };
}

/** The name a user's own strategy has in its channel. */
export function ownStrategy(userId: string, name: string): string {
  return `${userId}~${name}`;
}

/** The symbols of a strategy now; `undefined` when there is no such strategy. */
export type StrategyMembers = (name: string) => Promise<readonly string[] | undefined>;

/** Finds the symbols of strategies: those of the house by their rule, a user's own by its monitors. */
export function strategyMembers(
  store: Pick<MonitorStore, "strategiesOf" | "monitorsOf">,
  house: readonly HouseStrategy[],
): StrategyMembers {
  return async (channelName) => {
    const { owner, name } = strategyOwner(channelName);
    if (owner === undefined) {
      const strategy = house.find((one) => one.name === name);
      return strategy?.members().map(({ symbol }) => symbol);
    }
    const strategy = (await store.strategiesOf(owner)).find((one) => one.name === name);
    if (!strategy) return undefined;
    const monitors = await store.monitorsOf(owner, { strategyId: strategy.id });
    return [...new Set(monitors.map(({ symbol }) => symbol))];
  };
}
