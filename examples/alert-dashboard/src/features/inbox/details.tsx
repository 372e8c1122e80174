import { Button } from "@mantine/core";
import {
  IconArchive,
  IconArchiveOff,
  IconChartCandle,
  IconCheck,
  IconMail,
  IconMailOpened,
} from "@tabler/icons-react";
import type { AlertNotification } from "@tocsin/protocol/alerts";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { alertDetail, alertTitle, ruleText } from "../../i18n/alert-text.js";
import { useFormats } from "../../i18n/use-formats.js";
import { Tag } from "../../ui/tag.js";
import { Deliveries } from "./deliveries.js";
import styles from "./inbox.module.css";
import { SnoozeMenu } from "./snooze-menu.js";
import { StateText } from "./state-text.js";
import { TONE_OF } from "./tones.js";
import type { InboxActions } from "./use-inbox.js";

interface DetailsProps {
  readonly alert: AlertNotification;
  readonly act: InboxActions["act"];
  readonly onChart: (symbol: string) => void;
}

/** Everything that is known of one alert, and what can be done about it. */
export function Details({ alert, act, onChart }: DetailsProps) {
  const { t } = useTranslation("inbox");
  const words = useTranslation("alerts").t;
  const formats = useFormats();
  const { rule, symbol, severity } = alert;
  const note = rule?.note ?? "";
  return (
    <article className={styles.details} data-testid="alert-details" data-alert={alert.id}>
      <h3 className={styles.headline}>{alertTitle(alert, words, formats)}</h3>
      <p className={styles.tags}>
        <Tag tone={TONE_OF[severity]}>{words(`severities.${severity}`)}</Tag>
        <Tag tone="quiet">{words(`kinds.${alert.kind}`)}</Tag>
        <StateText alert={alert} />
      </p>
      <p className={styles.said}>{alertDetail(alert, words, formats)}</p>
      <Buttons alert={alert} act={act} onChart={onChart} />
      {(rule || symbol) && (
        <Facts title={t("details.rule")}>
          {rule && <Fact name={t("details.rule")}>{ruleText(rule, words, formats)}</Fact>}
          <Fact name={t("details.reason")}>{t(`reasons.${alert.reason}`)}</Fact>
          <Fact name={t("details.push")}>{t(`pushes.${alert.push}`)}</Fact>
          {note && <Fact name={t("details.noteLabel")}>{note}</Fact>}
          {alert.tags.length > 0 && <Fact name={t("details.tags")}>{alert.tags.join(", ")}</Fact>}
          {alert.venue && <Fact name={t("details.venue")}>{alert.venue}</Fact>}
        </Facts>
      )}
      <Levels alert={alert} />
      <Times alert={alert} />
      <Deliveries alert={alert} />
    </article>
  );
}

function Buttons({ alert, act, onChart }: DetailsProps) {
  const { t } = useTranslation("inbox");
  const { symbol } = alert;
  const read = alert.readAt !== null;
  const archived = alert.archivedAt !== null;
  return (
    <div className={styles.buttons}>
      <Button
        disabled={alert.acknowledgedAt !== null}
        leftSection={<IconCheck size={14} aria-hidden />}
        onClick={() => act(alert, { do: "acknowledge" })}
      >
        {alert.acknowledgedAt === null ? t("actions.acknowledge") : t("acknowledged")}
      </Button>
      <SnoozeMenu alert={alert} act={act} />
      <Button
        variant="default"
        leftSection={
          read ? <IconMail size={14} aria-hidden /> : <IconMailOpened size={14} aria-hidden />
        }
        onClick={() => act(alert, { do: read ? "unread" : "read" })}
      >
        {t(read ? "actions.unread" : "actions.read")}
      </Button>
      <Button
        variant="default"
        leftSection={
          archived ? (
            <IconArchiveOff size={14} aria-hidden />
          ) : (
            <IconArchive size={14} aria-hidden />
          )
        }
        onClick={() => act(alert, { do: archived ? "unarchive" : "archive" })}
      >
        {t(archived ? "actions.unarchive" : "actions.archive")}
      </Button>
      {symbol !== null && (
        <Button
          variant="default"
          leftSection={<IconChartCandle size={14} aria-hidden />}
          onClick={() => onChart(symbol)}
        >
          {t("details.chart")}
        </Button>
      )}
    </div>
  );
}

function Levels({ alert }: { readonly alert: AlertNotification }) {
  const { t } = useTranslation("inbox");
  const { price, percent } = useFormats();
  const rows = [
    ["level", alert.level],
    ["price", alert.price],
    ["previousPrice", alert.previousPrice],
    ["reference", alert.referencePrice],
  ] as const;
  if (rows.every(([, value]) => value === null)) return null;
  return (
    <Facts title={t("details.levels")}>
      {rows.map(
        ([name, value]) =>
          value !== null && (
            <Fact key={name} name={t(`details.${name}`)}>
              {price(value)}
            </Fact>
          ),
      )}
      {alert.changePercent !== null && (
        <Fact name={t("details.change")}>{percent(alert.changePercent)}</Fact>
      )}
    </Facts>
  );
}

function Times({ alert }: { readonly alert: AlertNotification }) {
  const { t } = useTranslation("inbox");
  const formats = useFormats();
  const { marketTime } = formats;
  const { pendingSince, resolvedAt, cooldownUntil, firedAt, suppressedCount } = alert;
  const { firstSuppressedAt: first, lastSuppressedAt: last } = alert;
  return (
    <Facts title={t("details.times")}>
      <Fact name={t("details.firedAt")}>{marketTime(firedAt)}</Fact>
      {pendingSince !== null && (
        <Fact name={t("details.pendingSince")}>{marketTime(pendingSince)}</Fact>
      )}
      {resolvedAt !== null && <Fact name={t("details.resolvedAt")}>{marketTime(resolvedAt)}</Fact>}
      {cooldownUntil > firedAt && (
        <Fact name={t("details.cooldownUntil")}>{marketTime(cooldownUntil)}</Fact>
      )}
      {suppressedCount > 0 && (
        <Fact name={t("details.suppressed")}>{t("suppressed", { count: suppressedCount })}</Fact>
      )}
      {first !== null && last !== null && (
        <Fact name={t("details.suppressedFrom")}>
          {marketTime(first)} – {marketTime(last)}
        </Fact>
      )}
      <Fact name={t("details.storedAt")}>{formats.moment(alert.storedAt)}</Fact>
    </Facts>
  );
}

interface FactsProps {
  readonly title: string;
  readonly children: ReactNode;
}

function Facts({ title, children }: FactsProps) {
  return (
    <section>
      <h4 className={styles.section}>{title}</h4>
      <dl className={styles.facts}>{children}</dl>
    </section>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
