import type { Quote } from "@tocsin-example/alert-contract";
import { memo, useEffect, useRef } from "react";
import { text } from "../../text.js";
import { Tag } from "../../ui/tag.js";
import { flashOf, NUMBER_COLUMNS, trendOf } from "./columns.js";
import styles from "./price-table.module.css";

interface PriceRowProps {
  readonly quote: Quote;
  readonly selected: boolean;
  readonly onSelect: (symbol: string) => void;
}

/** One symbol. Drawn again only when its own quote changes. */
export const PriceRow = memo(function PriceRow({ quote, selected, onSelect }: PriceRowProps) {
  const price = useRef<HTMLTableCellElement>(null);
  useFlash(price, quote);
  return (
    <tr
      className={styles.row}
      data-selected={selected || undefined}
      data-symbol={quote.symbol}
      onClick={() => onSelect(quote.symbol)}
    >
      <th scope="row" className={styles.symbol}>
        <button
          type="button"
          className={styles.pick}
          aria-pressed={selected}
          data-pick={quote.symbol}
          onClick={() => onSelect(quote.symbol)}
        >
          {quote.symbol}
        </button>
      </th>
      <td className={styles.name} data-priority={2}>
        <span className={styles.nameText} title={quote.name}>
          {quote.name}
        </span>
      </td>
      <td className={styles.source} data-priority={1}>
        {quote.source === "simulation" ? (
          <Tag tone="warn" title={text.prices.simulatedHint}>
            {text.prices.simulated}
          </Tag>
        ) : (
          <Tag tone="quiet" title={text.prices.replayHint}>
            {text.prices.replay}
          </Tag>
        )}
      </td>
      {NUMBER_COLUMNS.map((column) => (
        <td
          key={column.id}
          ref={column.flashes ? price : undefined}
          className={styles.number}
          data-column={column.id}
          data-priority={column.priority}
          data-trend={column.signed ? trendOf(quote[column.id]) : undefined}
        >
          {column.format(quote[column.id])}
        </td>
      ))}
    </tr>
  );
});

/** Colours the cell for a moment when the price moved. An animation of the browser, so React draws nothing twice. */
function useFlash(cell: React.RefObject<HTMLTableCellElement | null>, quote: Quote) {
  const before = useRef<Quote>(undefined);
  useEffect(() => {
    const flash = flashOf(before.current, quote);
    before.current = quote;
    if (!flash || matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    const running = cell.current?.animate(
      [{ backgroundColor: `var(--${flash}-ground)` }, { backgroundColor: "transparent" }],
      { duration: 600, easing: "ease-out" },
    );
    return () => running?.cancel();
  }, [cell, quote]);
}
