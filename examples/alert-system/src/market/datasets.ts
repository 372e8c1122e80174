import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { Bar } from "@tocsin/server-kit/alerts";
import { csvParse } from "d3-dsv";
import { z } from "zod";
import { StartupError } from "../setup/startup-error.js";

const price = z.coerce.number().positive();
const cents = price.transform((value) => Math.round(value * 100) / 100);
const day = z.string().transform((text, context) => {
  const at = Date.parse(`${text} UTC`);
  if (!Number.isNaN(at)) return at;
  context.addIssue({ code: "custom", message: "must be a date" });
  return z.NEVER;
});

const barRow = z.object({
  date: day,
  open: cents,
  high: cents,
  low: cents,
  close: cents,
  volume: z.coerce.number().nonnegative(),
});

const priceRow = z.object({ symbol: z.string().min(1), date: day, price });

/** One price of a share in a month, given by its first day. */
export interface MonthlyPrice {
  readonly symbol: string;
  /** Midnight UTC of the first of the month, milliseconds since 1970. */
  readonly month: number;
  readonly price: number;
}

/** Daily bars from `sp500-2000.csv`: 5,105 trading days from January 2000 to April 2020. */
export function indexBars(): Bar[] {
  return rowsOf("sp500-2000.csv", barRow).map(({ date, ...bar }) => ({ day: date, ...bar }));
}

/** Monthly prices from `stocks.csv`, 2000 to 2010. */
export function monthlyPrices(): MonthlyPrice[] {
  return rowsOf("stocks.csv", priceRow).map(({ date, ...row }) => ({ month: date, ...row }));
}

function rowsOf<Row extends z.ZodType>(file: string, row: Row): z.output<Row>[] {
  const rows: z.output<Row>[] = [];
  for (const [index, raw] of csvParse(read(file)).entries()) {
    const parsed = row.safeParse(raw);
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      throw new StartupError(
        `${file}, line ${index + 2}: "${issue?.path.join(".")}" ${issue?.message}. ` +
          "The installed vega-datasets package is not the expected one; run npm ci.",
      );
    }
    rows.push(parsed.data);
  }
  return rows;
}

function read(file: string): string {
  try {
    // The package exports its code only; its data lies beside that.
    const entry = createRequire(import.meta.url).resolve("vega-datasets");
    return readFileSync(join(dirname(entry), "..", "data", file), "utf8");
  } catch (cause) {
    throw new StartupError(
      `The market data is not there: ${file} of the package vega-datasets cannot be read. Run npm ci.`,
      { cause },
    );
  }
}
