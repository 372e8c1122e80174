import {
  type AlertRule,
  DEFAULT_COOLDOWN_MS,
  type Monitor,
  type NewMonitorInput,
} from "@tocsin/protocol/alerts";

const MINUTE_MS = 60_000;

/** What stands in the fields of the form, as typed. */
export interface FormValues {
  symbol: string;
  side: "long" | "short";
  entryLow: string;
  entryHigh: string;
  takeProfit: string;
  stopLoss: string;
  cooldownMinutes: string;
  note: string;
}

export const EMPTY_FORM: FormValues = {
  symbol: "",
  side: "long",
  entryLow: "",
  entryHigh: "",
  takeProfit: "",
  stopLoss: "",
  cooldownMinutes: String(DEFAULT_COOLDOWN_MS / MINUTE_MS),
  note: "",
};

/** A rule before it was checked: what was typed may be no number at all. */
type DraftRule =
  | { kind: "entry-range"; low: number | undefined; high: number | undefined }
  | { kind: "take-profit" | "stop-loss"; price: number | undefined; side: FormValues["side"] };

/** What the form asks for, to be checked by the schema `newMonitor`. */
export interface Draft extends Omit<NewMonitorInput, "rules"> {
  rules: DraftRule[];
}

/** Reads the fields. A rule whose fields are all empty is not asked for. */
export function toDraft(values: FormValues): Draft {
  const rules: DraftRule[] = [];
  const low = toNumber(values.entryLow);
  const high = toNumber(values.entryHigh);
  if (low !== undefined || high !== undefined) rules.push({ kind: "entry-range", low, high });
  const { side } = values;
  const takeProfit = toNumber(values.takeProfit);
  if (takeProfit !== undefined) rules.push({ kind: "take-profit", price: takeProfit, side });
  const stopLoss = toNumber(values.stopLoss);
  if (stopLoss !== undefined) rules.push({ kind: "stop-loss", price: stopLoss, side });
  const minutes = toNumber(values.cooldownMinutes);
  return {
    symbol: values.symbol,
    note: values.note,
    rules,
    // Rounded: 0.1 minutes is a whole number of milliseconds only on paper.
    ...(minutes === undefined ? {} : { cooldownMs: Math.round(minutes * MINUTE_MS) }),
  };
}

/** Fills the fields from a monitor, to change it. */
export function toFormValues(monitor: Monitor): FormValues {
  const find = <Kind extends AlertRule["kind"]>(kind: Kind) =>
    monitor.rules.find((rule): rule is Extract<AlertRule, { kind: Kind }> => rule.kind === kind);
  const entry = find("entry-range");
  const takeProfit = find("take-profit");
  const stopLoss = find("stop-loss");
  return {
    symbol: monitor.symbol,
    side: takeProfit?.side ?? stopLoss?.side ?? "long",
    entryLow: toText(entry?.low),
    entryHigh: toText(entry?.high),
    takeProfit: toText(takeProfit?.price),
    stopLoss: toText(stopLoss?.price),
    cooldownMinutes: toText(monitor.cooldownMs / MINUTE_MS),
    note: monitor.note,
  };
}

/** `undefined` for an empty field, NaN for one that holds no number. Separated thousands are understood. */
export function toNumber(text: string): number | undefined {
  const trimmed = text.replaceAll(",", "").trim();
  return trimmed === "" ? undefined : Number(trimmed);
}

function toText(value: number | undefined): string {
  return value === undefined ? "" : String(value);
}
