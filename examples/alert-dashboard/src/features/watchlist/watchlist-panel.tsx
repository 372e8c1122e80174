import { CloseButton, NativeSelect, TextInput } from "@mantine/core";
import { IconPlayerPause, IconPlugConnectedX, IconSearch, IconStar } from "@tabler/icons-react";
import { useConnection } from "@tocsin/client/react";
import { memo, useDeferredValue, useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useServicePart } from "../../live/use-service-part.js";
import { Panel } from "../../ui/panel.js";
import { Loading, Placeholder } from "../../ui/placeholder.js";
import { BOARDS, type Board, channelOf } from "./boards.js";
import { useOwnList } from "./own-list.js";
import { QuoteTable } from "./quote-table.js";
import { matches } from "./rows.js";
import { type QuotesView, useQuotes } from "./use-quotes.js";
import styles from "./watchlist.module.css";

interface WatchlistPanelProps {
  readonly userId: string;
  readonly symbol: string | undefined;
  readonly onSymbol: (symbol: string) => void;
  readonly className?: string | undefined;
}

/** Prices of a board or of one's own list. */
export function WatchlistPanel({ userId, symbol, onSymbol, className }: WatchlistPanelProps) {
  const { t } = useTranslation("watchlist");
  const [board, setBoard] = useState<Board>("all");
  const [typed, setTyped] = useState("");
  const filter = useDeferredValue(typed);
  const [list, toggle] = useOwnList(userId);
  const listed = useMemo(() => new Set(list), [list]);
  const view = useQuotes(channelOf(board));
  const { quotes } = view;
  const shown = useMemo(
    () =>
      quotes.filter(
        (quote) => (board !== "mine" || listed.has(quote.symbol)) && matches(quote, filter),
      ),
    [quotes, board, listed, filter],
  );
  const silent = shown.filter(({ stale }) => stale).length;

  // Something is looked at from the beginning.
  const first = shown[0]?.symbol;
  useEffect(() => {
    if (symbol === undefined && first !== undefined) onSymbol(first);
  }, [symbol, first, onSymbol]);

  return (
    <Panel
      title={t("title")}
      className={`${styles.panel} ${className ?? ""}`}
      aside={
        <>
          {silent > 0 && (
            <span className={styles.silent}>{t("staleCount", { count: silent })}</span>
          )}
          {shown.length > 0 && <span>{t("count", { count: shown.length })}</span>}
        </>
      }
    >
      <div className={styles.content}>
        <Toolbar board={board} onBoard={setBoard} typed={typed} onTyped={setTyped} />
        <Notice view={view} />
        {shown.length > 0 ? (
          <QuoteTable
            quotes={shown}
            selected={symbol}
            stale={view.status !== "live"}
            listed={listed}
            onSelect={onSymbol}
            onToggle={toggle}
          />
        ) : (
          <Nothing view={view} board={board} filter={filter} onAll={() => setBoard("all")} />
        )}
      </div>
    </Panel>
  );
}

interface ToolbarProps {
  readonly board: Board;
  readonly onBoard: (board: Board) => void;
  readonly typed: string;
  readonly onTyped: (typed: string) => void;
}

/** What is shown of the market; not drawn anew with every price. */
const Toolbar = memo(function Toolbar({ board, onBoard, typed, onTyped }: ToolbarProps) {
  const { t } = useTranslation("watchlist");
  return (
    <div className={styles.bar}>
      <NativeSelect
        aria-label={t("board")}
        value={board}
        onChange={(event) => onBoard(event.currentTarget.value as Board)}
        data={BOARDS.map((value) => ({ value, label: t(`boards.${value}`) }))}
      />
      <TextInput
        className={styles.filter ?? ""}
        type="search"
        aria-label={t("filter")}
        placeholder={t("filterHint")}
        leftSection={<IconSearch size={13} aria-hidden />}
        rightSection={
          typed && (
            <CloseButton size="xs" aria-label={t("clearFilter")} onClick={() => onTyped("")} />
          )
        }
        value={typed}
        onChange={(event) => onTyped(event.currentTarget.value)}
      />
    </div>
  );
});

/** Says when the prices are not what they look like. */
function Notice({ view }: { readonly view: QuotesView }) {
  const { t } = useTranslation("watchlist");
  const { status: connection } = useConnection();
  const running = useServicePart((status) => status.running);
  if (view.quotes.length === 0) return null;
  if (connection !== "live" || view.status === "stale") {
    return (
      <p className={styles.notice} data-tone="warn" role="status">
        <IconPlugConnectedX size={14} aria-hidden />
        {t("offline")}
      </p>
    );
  }
  if (running !== false) return null;
  return (
    <p className={styles.notice} role="status">
      <IconPlayerPause size={14} aria-hidden />
      {t("paused")}
    </p>
  );
}

interface NothingProps {
  readonly view: QuotesView;
  readonly board: Board;
  readonly filter: string;
  readonly onAll: () => void;
}

/** Why there is no row. */
function Nothing({ view, board, filter, onAll }: NothingProps) {
  const { t } = useTranslation("watchlist");
  if (view.status === "error") {
    return <Placeholder role="alert" title={t("failed")} hint={view.error} />;
  }
  if (view.quotes.length === 0 && view.status !== "live") return <Loading label={t("loading")} />;
  if (board === "mine" && filter === "") {
    return (
      <Placeholder
        icon={<IconStar size={22} aria-hidden />}
        title={t("noneMine")}
        hint={t("noneMineHint")}
        action={{ label: t("showAll"), run: onAll }}
      />
    );
  }
  return filter ? (
    <Placeholder title={t("noMatch")} hint={t("noMatchHint", { filter })} />
  ) : (
    <Placeholder title={t("empty")} hint={t("emptyHint")} />
  );
}
