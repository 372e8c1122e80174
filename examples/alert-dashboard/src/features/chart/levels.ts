import type { AlertKind } from "@tocsin/protocol/alerts";
import type { MonitorView } from "@tocsin-example/alert-contract/rest";
import { type RuleDraft, readNumber } from "../monitors/rule-draft.js";

/** The field of a rule a level stands for. */
export type LevelField = "price" | "low" | "high" | "clear";

/** One horizontal line of the chart. */
export interface Level {
  /** Stays the same while the level does, so that lines are moved rather than drawn anew. */
  readonly key: string;
  readonly kind: AlertKind;
  readonly field: LevelField;
  readonly price: number;
  /** The monitor it belongs to; `undefined` for what stands in the editor. */
  readonly monitorId: string | undefined;
  /** Which rule of the monitor, or of the editor. */
  readonly rule: number;
  readonly ruleId: string;
  /** A monitor that is switched off keeps its lines, faint. */
  readonly enabled: boolean;
  readonly firing: boolean;
}

const FIELDS = ["low", "high", "price", "clear"] as const satisfies LevelField[];

/** The levels the monitors of one symbol watch, lowest first; not those of the one in the editor. */
export function levelsOf(
  monitors: readonly MonitorView[],
  symbol: string,
  edited: string | undefined,
): Level[] {
  return monitors
    .filter((monitor) => monitor.symbol === symbol && monitor.id !== edited)
    .flatMap(({ id, enabled, rules, states }) =>
      rules.flatMap((rule, index) => {
        const state = states.find(({ ruleId }) => ruleId === rule.id);
        const prices: Readonly<Record<string, unknown>> = { ...rule };
        return FIELDS.flatMap((field) => {
          const price = prices[field];
          if (typeof price !== "number") return [];
          return {
            key: `${id}:${rule.id}:${field}`,
            kind: rule.kind,
            field,
            price,
            monitorId: id,
            rule: index,
            ruleId: rule.id,
            enabled: enabled && !state?.spent,
            firing: state?.phase === "firing",
          };
        });
      }),
    )
    .sort((a, b) => a.price - b.price);
}

const LEVELLED = new Set<AlertKind>([
  "entry-range",
  "take-profit",
  "stop-loss",
  "threshold",
  "crossing",
]);

/** The levels that stand in the editor, as far as they are numbers. */
export function draftLevels(rules: readonly RuleDraft[]): Level[] {
  return rules.flatMap((rule, index) =>
    FIELDS.flatMap((field) => {
      const fits = rule.kind === "entry-range" ? field === "low" || field === "high" : true;
      const price = readNumber(rule[field]);
      if (!LEVELLED.has(rule.kind) || !fits || price === undefined || !(price > 0)) return [];
      if (rule.kind !== "entry-range" && (field === "low" || field === "high")) return [];
      return {
        key: `draft:${index}:${field}`,
        kind: rule.kind,
        field,
        price,
        monitorId: undefined,
        rule: index,
        ruleId: rule.id,
        enabled: true,
        firing: false,
      };
    }),
  );
}

/** How far one press of an arrow key moves a level: a pleasant number near a thousandth of the price. */
export function stepOf(price: number): number {
  const rough = Math.max(price, Number.MIN_VALUE) / 1_000;
  const power = 10 ** Math.floor(Math.log10(rough));
  const lead = rough / power;
  return power * (lead >= 5 ? 5 : lead >= 2 ? 2 : 1);
}

/** A price as precise as one can point at: no more digits than a tenth of a step. */
export function roundPrice(price: number): number {
  const digits = Math.max(0, Math.min(8, 1 - Math.floor(Math.log10(stepOf(price)))));
  return Number(price.toFixed(digits));
}
