import type { Portfolio } from "@tocsin-example/alert-contract";
import { useTranslation } from "react-i18next";
import { useFormats } from "../../i18n/use-formats.js";
import styles from "./portfolio.module.css";

const GREEKS = ["delta", "gamma", "theta", "vega"] as const;

interface PositionTableProps {
  readonly positions: Portfolio["positions"];
  readonly stale: boolean;
}

export function PositionTable({ positions, stale }: PositionTableProps) {
  const { t } = useTranslation("portfolio");
  const { price, money, gain, percent, decimal } = useFormats();
  const or = (value: number | null, format: (value: number) => string) =>
    value === null ? "–" : format(value);
  const short = (value: number) => decimal(Number(value.toPrecision(3)));
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable
    <section className={styles.scroller} tabIndex={0} aria-label={t("caption")}>
      <table className={styles.table} data-stale={stale || undefined}>
        <caption className={styles.hidden}>{t("caption")}</caption>
        <thead>
          <tr>
            <th scope="col">{t("instrument")}</th>
            <th scope="col">{t("quantity")}</th>
            <th scope="col" data-wide>
              {t("cost")}
            </th>
            <th scope="col" data-wide>
              {t("price")}
            </th>
            <th scope="col">{t("value")}</th>
            <th scope="col">{t("profit")}</th>
            {GREEKS.map((name) => (
              <th key={name} scope="col" data-wide>
                {t(name)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {positions.map((position) => (
            <tr key={position.instrument}>
              <th scope="row">{position.instrument}</th>
              <td>{decimal(position.quantity)}</td>
              <td data-wide>{price(position.cost)}</td>
              <td data-wide>{position.price === null ? t("noPrice") : price(position.price)}</td>
              <td>{or(position.value, money)}</td>
              <td data-sign={Math.sign(position.profit ?? 0)}>
                {or(position.profit, gain)}{" "}
                <span className={styles.percent}>{or(position.profitPercent, percent)}</span>
              </td>
              {GREEKS.map((name) => (
                <td key={name} data-wide>
                  {or(position.greeks?.[name] ?? null, short)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
