import { useMediaQuery } from "@mantine/hooks";
import type { Greeks, OptionRow } from "@tocsin/protocol/alerts";
import { useTranslation } from "react-i18next";
import type { Formats } from "../../i18n/formats.js";
import { useFormats } from "../../i18n/use-formats.js";
import styles from "./chain.module.css";
import { atTheMoney, isInTheMoney, type Strike } from "./strikes.js";

const GREEKS = ["delta", "gamma", "theta", "vega"] as const satisfies (keyof Greeks)[];
const PRICES = ["iv", "bid", "mark", "ask"] as const;
/** From the outside to the strike; puts are the mirror image. */
const COLUMNS = [...GREEKS, ...PRICES] as const;
type Column = (typeof COLUMNS)[number];
/** What a phone has room for. */
const NARROW: readonly Column[] = ["delta", "iv", "mark"];

interface ChainTableProps {
  readonly underlying: string;
  readonly strikes: readonly Strike[];
  readonly price: number | null;
  readonly stale: boolean;
}

export function ChainTable({ underlying, strikes, price, stale }: ChainTableProps) {
  const { t } = useTranslation("chain");
  const formats = useFormats();
  const middle = atTheMoney(strikes, price);
  const narrow = useMediaQuery("(max-width: 860px)", false);
  const columns = narrow ? NARROW : COLUMNS;
  const outward = [...columns].reverse();
  return (
    // Wider than a phone: it scrolls, and with the keyboard too.
    <section
      className={styles.scroller}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable
      tabIndex={0}
      aria-label={t("caption", { symbol: underlying })}
    >
      <table className={styles.table} data-stale={stale || undefined}>
        <caption className={styles.hidden}>{t("caption", { symbol: underlying })}</caption>
        <thead>
          <tr>
            <th scope="colgroup" colSpan={columns.length} className={styles.side}>
              {t("calls")}
            </th>
            <td className={styles.strike} />
            <th scope="colgroup" colSpan={columns.length} className={styles.side}>
              {t("puts")}
            </th>
          </tr>
          <tr>
            {columns.map((column) => (
              <Heading key={column} column={column} />
            ))}
            <th scope="col" className={styles.strike}>
              {t("strike")}
            </th>
            {outward.map((column) => (
              <Heading key={column} column={column} />
            ))}
          </tr>
        </thead>
        <tbody>
          {strikes.map(({ strike, call, put }) => (
            <tr key={strike} data-middle={strike === middle || undefined}>
              {columns.map((column) => (
                <Cell key={column} column={column} row={call} formats={formats} />
              ))}
              <th
                scope="row"
                className={styles.strike}
                title={strike === middle ? t("atTheMoney") : undefined}
              >
                {formats.price(strike)}
              </th>
              {outward.map((column) => (
                <Cell key={column} column={column} row={put} formats={formats} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Heading({ column }: { readonly column: Column }) {
  const { t } = useTranslation("chain");
  return <th scope="col">{t(column)}</th>;
}

interface CellProps {
  readonly column: Column;
  readonly row: OptionRow | undefined;
  readonly formats: Formats;
}

function Cell({ column, row, formats }: CellProps) {
  return (
    <td data-column={column} data-in-the-money={(row && isInTheMoney(row)) || undefined}>
      {row ? textOf(column, row, formats) : "–"}
    </td>
  );
}

/** A dash where the venue does not know. */
function textOf(column: Column, row: OptionRow, { price, decimal }: Formats): string {
  const value = numberOf(column, row);
  if (value === null) return "–";
  const isPrice = column === "bid" || column === "ask" || column === "mark";
  return isPrice ? price(value) : decimal(Number(value.toPrecision(3)));
}

function numberOf(column: Column, { greeks, markIv, bid, ask, mark }: OptionRow): number | null {
  switch (column) {
    case "iv":
      return markIv;
    case "bid":
      return bid;
    case "ask":
      return ask;
    case "mark":
      return mark;
    default:
      return greeks?.[column] ?? null;
  }
}
