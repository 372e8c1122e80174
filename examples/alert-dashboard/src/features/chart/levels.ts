import type { AlertKind, AlertRule, Monitor } from "@tocsin/protocol/alerts";

/** One horizontal line of the chart. */
export interface Level {
  /** Stays the same while the level does, so that lines are moved rather than drawn anew. */
  readonly key: string;
  readonly kind: AlertKind;
  readonly price: number;
  readonly edge: "low" | "high" | "exact";
  /** A monitor that is switched off keeps its lines, faint. */
  readonly enabled: boolean;
}

/** The levels the monitors of one symbol watch, lowest first. */
export function levelsOf(monitors: readonly Monitor[], symbol: string): Level[] {
  return monitors
    .filter((monitor) => monitor.symbol === symbol)
    .flatMap(({ id, enabled, rules }) =>
      rules.flatMap((rule) =>
        edgesOf(rule).map(({ edge, price }) => ({
          key: `${id}:${rule.kind}:${edge}`,
          kind: rule.kind,
          price,
          edge,
          enabled,
        })),
      ),
    )
    .sort((a, b) => a.price - b.price);
}

function edgesOf(rule: AlertRule): { edge: Level["edge"]; price: number }[] {
  switch (rule.kind) {
    case "entry-range":
      return [
        { edge: "low", price: rule.low },
        { edge: "high", price: rule.high },
      ];
    case "take-profit":
    case "stop-loss":
      return [{ edge: "exact", price: rule.price }];
    default:
      return rule satisfies never;
  }
}
