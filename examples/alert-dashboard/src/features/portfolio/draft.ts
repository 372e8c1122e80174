import type { Holding } from "@tocsin-example/alert-contract";

/** A holding as it is being typed. */
export interface DraftRow {
  readonly id: number;
  readonly instrument: string;
  readonly quantity: string;
  readonly cost: string;
}

/** What is wrong with a field: a word of the portfolio. */
export type Wrong = "required" | "notANumber" | "notZero" | "abovezero";

/** The fields of a row that are wrong. */
export type RowErrors = Partial<Record<"instrument" | "quantity" | "cost", Wrong>>;

/** What was typed: holdings, or why not. */
export type Checked =
  | { readonly ok: true; readonly holdings: readonly Holding[] }
  | { readonly ok: false; readonly errors: ReadonlyMap<number, RowErrors> };

export function toDraft(holdings: readonly Holding[]): DraftRow[] {
  return holdings.map(({ instrument, quantity, cost }, id) => ({
    id,
    instrument,
    quantity: String(quantity),
    cost: String(cost),
  }));
}

/** Checks all rows; rows nobody has typed anything into do not count. */
export function checkDraft(rows: readonly DraftRow[]): Checked {
  const errors = new Map<number, RowErrors>();
  const holdings: Holding[] = [];
  for (const row of rows) {
    const instrument = row.instrument.trim();
    if (!instrument && !row.quantity.trim() && !row.cost.trim()) continue;
    const quantity = toNumber(row.quantity);
    const cost = toNumber(row.cost);
    const wrong: RowErrors = {
      ...(!instrument && { instrument: "required" as const }),
      ...(quantity === undefined
        ? { quantity: "notANumber" as const }
        : quantity === 0 && { quantity: "notZero" as const }),
      ...(cost === undefined
        ? { cost: "notANumber" as const }
        : cost <= 0 && { cost: "abovezero" as const }),
    };
    if (Object.keys(wrong).length > 0) errors.set(row.id, wrong);
    else if (quantity !== undefined && cost !== undefined) {
      holdings.push({ instrument, quantity, cost });
    }
  }
  return errors.size > 0 ? { ok: false, errors } : { ok: true, holdings };
}

function toNumber(text: string): number | undefined {
  const trimmed = text.trim().replaceAll(",", "").replace("−", "-");
  const value = Number(trimmed);
  return trimmed === "" || !Number.isFinite(value) ? undefined : value;
}
