import { type AnyContract, type ChannelDef, definition } from "@tocsin/protocol";
import type { Select } from "../subscription/view.js";

/** The views of a hub by what they are about. The names of the contract are not known where events arrive. */
export function viewsByDefinition(
  contract: AnyContract,
  views: Readonly<Record<string, unknown>> = {},
): ReadonlyMap<ChannelDef, Select> {
  const byDefinition = new Map<ChannelDef, Select>();
  for (const [name, channel] of Object.entries(contract[definition].channels)) {
    const select = Object.hasOwn(views, name) ? views[name] : undefined;
    if (isSelect(select)) byDefinition.set(channel, select);
  }
  return byDefinition;
}

/** Checked against the contract's types where the hub is made. */
function isSelect(value: unknown): value is Select {
  return typeof value === "function";
}
