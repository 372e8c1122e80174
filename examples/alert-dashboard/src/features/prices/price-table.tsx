import {
  createColumnHelper,
  createSortedRowModel,
  rowSortingFeature,
  sortFn_alphanumeric,
  sortFn_basic,
  tableFeatures,
  useTable,
} from "@tanstack/react-table";
import type { Quote } from "@tocsin-example/alert-contract";
import type { KeyboardEvent } from "react";
import { text } from "../../text.js";
import { NUMBER_COLUMNS } from "./columns.js";
import { PriceRow } from "./price-row.js";
import styles from "./price-table.module.css";

const features = tableFeatures({
  rowSortingFeature,
  sortedRowModel: createSortedRowModel(),
  sortFns: { alphanumeric: sortFn_alphanumeric, basic: sortFn_basic },
});
const helper = createColumnHelper<typeof features, Quote>();
const columns = helper.columns([
  helper.accessor("symbol", { header: text.prices.symbol, sortFn: "alphanumeric" }),
  helper.accessor("name", { header: text.prices.name, sortFn: "alphanumeric" }),
  helper.accessor("source", { header: "", enableSorting: false }),
  ...NUMBER_COLUMNS.map((column) =>
    helper.accessor(column.id, {
      id: column.id,
      header: column.title,
      sortFn: "basic",
      sortDescFirst: true,
    }),
  ),
]);

const PRIORITY: Readonly<Record<string, number>> = {
  name: 2,
  source: 1,
  ...Object.fromEntries(NUMBER_COLUMNS.map(({ id, priority }) => [id, priority])),
};
const ARIA_SORT = { asc: "ascending", desc: "descending" } as const;

interface PriceTableProps {
  readonly quotes: readonly Quote[];
  readonly selected: string | undefined;
  readonly stale: boolean;
  readonly onSelect: (symbol: string) => void;
}

export function PriceTable({ quotes, selected, stale, onSelect }: PriceTableProps) {
  const table = useTable({ features, columns, data: quotes, getRowId: (quote) => quote.symbol });
  return (
    <table
      className={styles.table}
      aria-label={text.prices.title}
      data-stale={stale || undefined}
      onKeyDown={moveFocus}
    >
      <thead>
        {table.getHeaderGroups().map((group) => (
          <tr key={group.id}>
            {group.headers.map(({ column }) => {
              const sorted = column.getIsSorted();
              return (
                <th
                  key={column.id}
                  scope="col"
                  data-column={column.id}
                  data-priority={PRIORITY[column.id] ?? 0}
                  aria-sort={sorted ? ARIA_SORT[sorted] : undefined}
                >
                  {column.getCanSort() && (
                    <button
                      type="button"
                      className={styles.sort}
                      onClick={column.getToggleSortingHandler()}
                    >
                      {String(column.columnDef.header)}
                      {sorted && <span aria-hidden> {sorted === "asc" ? "↑" : "↓"}</span>}
                    </button>
                  )}
                </th>
              );
            })}
          </tr>
        ))}
      </thead>
      <tbody>
        {table.getRowModel().rows.map(({ id, original }) => (
          <PriceRow
            key={id}
            quote={original}
            selected={original.symbol === selected}
            onSelect={onSelect}
          />
        ))}
      </tbody>
    </table>
  );
}

/** Arrow keys walk from symbol to symbol, as in a list. */
function moveFocus(event: KeyboardEvent<HTMLTableElement>) {
  const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
  if (step === 0) return;
  const buttons = [...event.currentTarget.querySelectorAll<HTMLButtonElement>("[data-pick]")];
  const next = buttons[buttons.findIndex((button) => button.matches(":focus")) + step];
  if (!next) return;
  event.preventDefault();
  next.focus();
}
