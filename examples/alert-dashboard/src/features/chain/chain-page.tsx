import { NativeSelect, SegmentedControl } from "@mantine/core";
import { IconGrain } from "@tabler/icons-react";
import { useTable } from "@tocsin/client/react";
import { market } from "@tocsin-example/alert-contract";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useFormats } from "../../i18n/use-formats.js";
import { useSelection } from "../../shell/selection.js";
import { Panel } from "../../ui/panel.js";
import { Loading, Placeholder } from "../../ui/placeholder.js";
import { Tag } from "../../ui/tag.js";
import styles from "./chain.module.css";
import { ChainTable } from "./chain-table.js";
import { expiriesOf, strikesOf } from "./strikes.js";

/** What the server computes or knows options of. */
const UNDERLYINGS = ["SPX", "SIM-C"];

/** The options on an underlying: calls, strike, puts. */
export function ChainPage() {
  const { t } = useTranslation("chain");
  const { day, price } = useFormats();
  const { symbol } = useSelection();
  const [chosen, setChosen] = useState(() => UNDERLYINGS.find((name) => name === symbol));
  const underlying = chosen ?? UNDERLYINGS[0] ?? "";
  const ref = useMemo(() => market.chain({ underlying }), [underlying]);
  const { rows, status, stale, error } = useTable(ref);
  const [wanted, setWanted] = useState<number>();
  const expiries = useMemo(() => expiriesOf(rows.values()), [rows]);
  const expiry = expiries.find((each) => each === wanted) ?? expiries[0];
  const strikes = useMemo(
    () => (expiry === undefined ? [] : strikesOf(rows.values(), expiry)),
    [rows, expiry],
  );
  const last = strikes.find(({ call, put }) => call ?? put);
  const underlyingPrice = (last?.call ?? last?.put)?.underlyingPrice ?? null;

  return (
    <Panel
      className={styles.panel}
      title={t("title")}
      aside={
        <>
          {stale && rows.size > 0 && <Tag tone="warn">{t("staleHint")}</Tag>}
          {underlyingPrice !== null && <span>{t("last", { price: price(underlyingPrice) })}</span>}
        </>
      }
    >
      <div className={styles.content}>
        <div className={styles.bar}>
          <NativeSelect
            aria-label={t("underlying")}
            data={UNDERLYINGS}
            value={underlying}
            onChange={(event) => setChosen(event.currentTarget.value)}
          />
          {expiries.length > 0 && (
            <SegmentedControl
              aria-label={t("expiry")}
              value={String(expiry)}
              onChange={(value) => setWanted(Number(value))}
              data={expiries.map((each) => ({ value: String(each), label: day(each) }))}
            />
          )}
        </div>
        {strikes.length > 0 ? (
          <ChainTable
            underlying={underlying}
            strikes={strikes}
            price={underlyingPrice}
            stale={stale}
          />
        ) : error ? (
          <Placeholder role="alert" title={t("failed")} hint={error.message} />
        ) : status === "live" ? (
          <Placeholder
            icon={<IconGrain size={22} aria-hidden />}
            title={t("empty", { symbol: underlying })}
            hint={t("emptyHint")}
          />
        ) : (
          <Loading label={t("loading")} />
        )}
      </div>
    </Panel>
  );
}
