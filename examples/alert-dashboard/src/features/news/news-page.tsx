import { NativeSelect } from "@mantine/core";
import { IconNews } from "@tabler/icons-react";
import { useLog } from "@tocsin/client/react";
import { market, type NewsItem } from "@tocsin-example/alert-contract";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useFormats } from "../../i18n/use-formats.js";
import { Panel } from "../../ui/panel.js";
import { Loading, Placeholder } from "../../ui/placeholder.js";
import { Tag } from "../../ui/tag.js";
import styles from "./news.module.css";

const KEPT = 200;
const news = market.news();

/** What happened, newest first. Headlines stay in the language they were written in. */
export function NewsPage() {
  const { t } = useTranslation("news");
  const { events, status, error, gap } = useLog(news, { rewind: KEPT, limit: KEPT });
  const [about, setAbout] = useState("");
  const symbols = useMemo(
    () => [...new Set(events.flatMap(({ data }) => data.symbol ?? []))].sort(),
    [events],
  );
  const shown = useMemo(
    () =>
      events
        .map(({ data }) => data)
        .filter(({ symbol }) => about === "" || symbol === about)
        .reverse(),
    [events, about],
  );
  return (
    <Panel
      className={styles.panel}
      title={t("title")}
      aside={
        symbols.length > 0 && (
          <NativeSelect
            aria-label={t("onlySymbol")}
            value={about}
            onChange={(event) => setAbout(event.currentTarget.value)}
            data={[{ value: "", label: t("all") }, ...symbols]}
          />
        )
      }
    >
      {gap && <p className={styles.gap}>{t("gap")}</p>}
      {shown.length > 0 ? (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable
        <ol className={styles.list} aria-label={t("list")} tabIndex={0}>
          {shown.map((item) => (
            <Item key={item.id} item={item} />
          ))}
        </ol>
      ) : error ? (
        <Placeholder role="alert" title={t("failed")} hint={error.message} />
      ) : status === "live" ? (
        <Placeholder
          icon={<IconNews size={22} aria-hidden />}
          title={t("empty")}
          hint={t("emptyHint")}
        />
      ) : (
        <Loading label={t("loading")} />
      )}
    </Panel>
  );
}

function Item({ item: { at, symbol, headline, body } }: { readonly item: NewsItem }) {
  const { t } = useTranslation("news");
  const { marketTime } = useFormats();
  return (
    <li className={styles.item}>
      <p className={styles.meta}>
        <Tag tone={symbol === null ? "quiet" : "accent"}>{symbol ?? t("market")}</Tag>
        <time dateTime={new Date(at).toISOString()}>{marketTime(at)}</time>
      </p>
      <h3 className={styles.headline} lang="en">
        {headline}
      </h3>
      <p className={styles.body} lang="en">
        {body}
      </p>
    </li>
  );
}
