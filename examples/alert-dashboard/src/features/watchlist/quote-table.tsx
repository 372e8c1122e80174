import {
  createColumnHelper,
  createSortedRowModel,
  rowSortingFeature,
  sortFn_alphanumeric,
  sortFn_basic,
  tableFeatures,
  useTable,
} from "@tanstack/react-table";
import { useVirtualizer } from "@tanstack/react-virtual";
import type { Quote } from "@tocsin-example/alert-contract";
import { type KeyboardEvent, useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { QuoteRow } from "./quote-row.js";
import styles from "./watchlist.module.css";

/** Height of a row in pixels, as in the styles. */
const ROW = 34;

const features = tableFeatures({
  rowSortingFeature,
  sortedRowModel: createSortedRowModel(),
  sortFns: { alphanumeric: sortFn_alphanumeric, basic: sortFn_basic },
});
const helper = createColumnHelper<typeof features, Quote>();
const NUMBERS = ["price", "changePercent", "change", "high", "low", "volume"] as const;
const WIDE: Readonly<Record<string, string>> = { change: "1", volume: "1", high: "2", low: "2" };
const columns = helper.columns([
  helper.accessor("symbol", { sortFn: "alphanumeric" }),
  ...NUMBERS.map((id) => helper.accessor(id, { id, sortFn: "basic", sortDescFirst: true })),
]);
const ARIA_SORT = { asc: "ascending", desc: "descending" } as const;

interface QuoteTableProps {
  readonly quotes: readonly Quote[];
  readonly selected: string | undefined;
  /** Whether all of it may be out of date. */
  readonly stale: boolean;
  readonly listed: ReadonlySet<string>;
  readonly onSelect: (symbol: string) => void;
  readonly onToggle: (symbol: string) => void;
}

/** Prices as a table of which only the rows in sight are drawn. */
export function QuoteTable(props: QuoteTableProps) {
  const { quotes, selected, stale, listed, onSelect, onToggle } = props;
  const { t } = useTranslation("watchlist");
  const box = useRef<HTMLDivElement>(null);
  const table = useTable({ features, columns, data: quotes, getRowId: ({ symbol }) => symbol });
  const { rows } = table.getRowModel();
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => box.current,
    estimateSize: () => ROW,
    overscan: 6,
    getItemKey: (index) => rows[index]?.id ?? index,
  });
  useFocusAfterScroll(box, virtual, rows, selected);

  return (
    <div ref={box} className={styles.table} data-stale={stale || undefined}>
      <table
        aria-label={t("title")}
        aria-rowcount={rows.length + 1}
        onKeyDown={(event) => walk(event, rows, onSelect, (index) => virtual.scrollToIndex(index))}
      >
        <thead className={styles.head}>
          {table.getHeaderGroups().map((group) => (
            <tr key={group.id} aria-rowindex={1} className={styles.headRow}>
              <th scope="col">
                <span className={styles.hidden}>{t("columns.mine")}</span>
              </th>
              {group.headers.map(({ column }) => {
                const id = column.id as "symbol" | (typeof NUMBERS)[number];
                const sorted = column.getIsSorted();
                return (
                  <th
                    key={id}
                    scope="col"
                    data-wide={WIDE[id]}
                    data-column={id}
                    aria-sort={sorted ? ARIA_SORT[sorted] : "none"}
                  >
                    <button type="button" onClick={column.getToggleSortingHandler()}>
                      {t(`columns.${id}`)}
                      {sorted && <span aria-hidden> {sorted === "asc" ? "↑" : "↓"}</span>}
                    </button>
                  </th>
                );
              })}
            </tr>
          ))}
        </thead>
        <tbody className={styles.rows} style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map(({ key, index, start }) => {
            const quote = rows[index]?.original;
            return (
              quote && (
                <QuoteRow
                  key={key}
                  quote={quote}
                  index={index + 2}
                  top={start}
                  selected={quote.symbol === selected}
                  listed={listed.has(quote.symbol)}
                  onSelect={onSelect}
                  onToggle={onToggle}
                />
              )
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

type Rows = readonly { readonly original: Quote }[];

/** Arrow keys walk from symbol to symbol, Home and End to the ends, as in a list. */
function walk(
  event: KeyboardEvent<HTMLElement>,
  rows: Rows,
  onSelect: (symbol: string) => void,
  scrollTo: (index: number) => void,
) {
  const { pick } = (event.target as HTMLElement).dataset;
  if (pick === undefined) return;
  const at = rows.findIndex(({ original }) => original.symbol === pick);
  const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 }[event.key];
  const row = next === undefined ? undefined : rows[next];
  if (next === undefined || !row) return;
  event.preventDefault();
  const box = event.currentTarget.parentElement;
  if (box) box.dataset.walking = "yes";
  scrollTo(next);
  onSelect(row.original.symbol);
}

/** A row that was out of sight has no button yet when it is walked to; the focus follows when it has. */
function useFocusAfterScroll(
  box: React.RefObject<HTMLDivElement | null>,
  virtual: { readonly range: unknown },
  rows: Rows,
  selected: string | undefined,
) {
  // biome-ignore lint/correctness/useExhaustiveDependencies: runs again whenever other rows are in sight
  useEffect(() => {
    if (!box.current?.dataset.walking || selected === undefined) return;
    const wanted = `[data-pick="${CSS.escape(selected)}"]`;
    const button = box.current.querySelector<HTMLButtonElement>(wanted);
    if (!button) return;
    delete box.current.dataset.walking;
    button.focus({ preventScroll: true });
  }, [box, selected, virtual.range, rows.length]);
}
