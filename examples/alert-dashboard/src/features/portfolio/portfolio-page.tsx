import { Button } from "@mantine/core";
import { IconBriefcase, IconPencil } from "@tabler/icons-react";
import { useLatest } from "@tocsin/client/react";
import { market, type Portfolio } from "@tocsin-example/alert-contract";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useFormats } from "../../i18n/use-formats.js";
import { useUserId } from "../../shell/user.js";
import { Panel } from "../../ui/panel.js";
import { Loading, Placeholder } from "../../ui/placeholder.js";
import { HoldingsEditor } from "./holdings-editor.js";
import styles from "./portfolio.module.css";
import { PositionTable } from "./position-table.js";

/** What the reader holds, what it is worth, and how it answers to the market. */
export function PortfolioPage() {
  const { t } = useTranslation("portfolio");
  const { moment } = useFormats();
  const userId = useUserId();
  const ref = useMemo(() => market.portfolio({ userId }), [userId]);
  const { value, stale, error } = useLatest(ref);
  const [editing, setEditing] = useState(false);

  const edit = (
    <Button
      size="compact-xs"
      variant="default"
      leftSection={<IconPencil size={13} aria-hidden />}
      onClick={() => setEditing(true)}
    >
      {t("edit")}
    </Button>
  );
  return (
    <Panel
      className={styles.panel}
      title={t("title")}
      aside={
        value && (
          <>
            {stale && <span>{t("asOf", { time: moment(value.at) })}</span>}
            {!editing && edit}
          </>
        )
      }
    >
      {!value ? (
        error ? (
          <Placeholder role="alert" title={t("failed")} hint={error.message} />
        ) : (
          <Loading label={t("loading")} />
        )
      ) : editing ? (
        <HoldingsEditor holdings={value.positions} onDone={() => setEditing(false)} />
      ) : value.positions.length === 0 ? (
        <Placeholder
          icon={<IconBriefcase size={22} aria-hidden />}
          title={t("empty")}
          hint={t("emptyHint")}
          action={{ label: t("add"), run: () => setEditing(true) }}
        />
      ) : (
        <div className={styles.content}>
          <Totals portfolio={value} />
          <PositionTable positions={value.positions} stale={stale} />
        </div>
      )}
    </Panel>
  );
}

const GREEKS = ["delta", "gamma", "theta", "vega", "rho"] as const;

function Totals({ portfolio }: { readonly portfolio: Portfolio }) {
  const { t } = useTranslation("portfolio");
  const { money, gain, decimal } = useFormats();
  const { value, profit, dayProfit, greeks } = portfolio;
  return (
    <dl className={styles.totals}>
      <div data-large>
        <dt>{t("value")}</dt>
        <dd>{money(value)}</dd>
      </div>
      <div data-large data-sign={Math.sign(profit)}>
        <dt>{t("profit")}</dt>
        <dd>{gain(profit)}</dd>
      </div>
      <div data-large data-sign={Math.sign(dayProfit)}>
        <dt>{t("dayProfit")}</dt>
        <dd>{gain(dayProfit)}</dd>
      </div>
      {GREEKS.map((name) => (
        <div key={name}>
          <dt>{t(name)}</dt>
          <dd>{decimal(Number(greeks[name].toPrecision(4)))}</dd>
        </div>
      ))}
    </dl>
  );
}
