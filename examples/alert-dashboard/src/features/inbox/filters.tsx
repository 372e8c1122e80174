import { Button, NativeSelect, SegmentedControl, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { IconFilterOff, IconSearch } from "@tabler/icons-react";
import { notificationKind, severity } from "@tocsin/protocol/alerts";
import { type Ref, useState } from "react";
import { useTranslation } from "react-i18next";
import { type InboxFilter, isNarrow } from "./filter.js";
import styles from "./inbox.module.css";

const SEARCH_AFTER_MS = 250;

interface FiltersProps {
  readonly filter: InboxFilter;
  readonly onChange: (filter: InboxFilter) => void;
  /** Symbols to choose from. */
  readonly symbols: readonly string[];
  readonly searchRef: Ref<HTMLInputElement>;
}

/** What of the inbox to show. */
export function Filters({ filter, onChange, symbols, searchRef }: FiltersProps) {
  const { t } = useTranslation("inbox");
  const words = useTranslation("alerts").t;
  const [search, setSearch] = useState(filter.search ?? "");
  const searchLater = useDebouncedCallback(
    (text: string) => onChange({ ...filter, search: text.trim() || undefined }),
    SEARCH_AFTER_MS,
  );
  const any = { value: "", label: t("filters.any") };
  const pick =
    <Value extends string>(key: keyof InboxFilter, values: readonly Value[]) =>
    (chosen: string) =>
      onChange({ ...filter, [key]: values.find((value) => value === chosen) });
  const STATES = ["firing", "resolved"] as const;

  return (
    <search className={styles.filters} aria-label={t("filters.label")}>
      <SegmentedControl
        aria-label={t("filters.view")}
        value={filter.view}
        onChange={(view) => onChange({ ...filter, view: view as InboxFilter["view"] })}
        data={(["all", "unread", "archived"] as const).map((value) => ({
          value,
          label: t(`filters.${value}`),
        }))}
      />
      <TextInput
        ref={searchRef}
        type="search"
        className={styles.search}
        aria-label={t("filters.search")}
        placeholder={t("filters.searchHint")}
        leftSection={<IconSearch size={14} aria-hidden />}
        value={search}
        onChange={({ currentTarget: { value } }) => {
          setSearch(value);
          searchLater(value);
        }}
      />
      <NativeSelect
        aria-label={t("filters.symbol")}
        value={filter.symbol ?? ""}
        onChange={(event) => pick("symbol", symbols)(event.currentTarget.value)}
        data={[{ ...any, label: `${t("filters.symbol")}: ${any.label}` }, ...symbols]}
      />
      <NativeSelect
        aria-label={t("filters.kind")}
        value={filter.kind ?? ""}
        onChange={(event) => pick("kind", notificationKind.options)(event.currentTarget.value)}
        data={[
          { ...any, label: `${t("filters.kind")}: ${any.label}` },
          ...notificationKind.options.map((value) => ({ value, label: words(`kinds.${value}`) })),
        ]}
      />
      <NativeSelect
        aria-label={t("filters.severity")}
        value={filter.severity ?? ""}
        onChange={(event) => pick("severity", severity.options)(event.currentTarget.value)}
        data={[
          { ...any, label: `${t("filters.severity")}: ${any.label}` },
          ...severity.options.map((value) => ({ value, label: words(`severities.${value}`) })),
        ]}
      />
      <NativeSelect
        aria-label={t("filters.state")}
        value={filter.state ?? ""}
        onChange={(event) => pick("state", STATES)(event.currentTarget.value)}
        data={[
          { ...any, label: `${t("filters.state")}: ${any.label}` },
          ...STATES.map((value) => ({ value, label: words(`states.${value}`) })),
        ]}
      />
      {isNarrow(filter) && (
        <Button
          variant="subtle"
          leftSection={<IconFilterOff size={14} aria-hidden />}
          onClick={() => {
            setSearch("");
            onChange({ view: filter.view });
          }}
        >
          {t("filters.clear")}
        </Button>
      )}
    </search>
  );
}
