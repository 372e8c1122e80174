import { IconPlayerPause, IconStar, IconStarFilled } from "@tabler/icons-react";
import type { Quote } from "@tocsin-example/alert-contract";
import { memo, type RefObject, useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { useFormats } from "../../i18n/use-formats.js";
import { flashOf, trendOf } from "./rows.js";
import styles from "./watchlist.module.css";

interface QuoteRowProps {
  readonly quote: Quote;
  /** Counted from 1, the header being the first. */
  readonly index: number;
  readonly top: number;
  readonly selected: boolean;
  readonly listed: boolean;
  readonly onSelect: (symbol: string) => void;
  readonly onToggle: (symbol: string) => void;
}

/** One symbol. Drawn again only when its own quote changes. */
export const QuoteRow = memo(function QuoteRow(props: QuoteRowProps) {
  const { quote, index, top, selected, listed, onSelect, onToggle } = props;
  const { symbol, name, price, change, changePercent, high, low, volume, stale, source } = quote;
  const { t } = useTranslation("watchlist");
  const formats = useFormats();
  const cell = useRef<HTMLSpanElement>(null);
  useFlash(cell, quote);
  const trend = trendOf(changePercent);
  return (
    <tr
      aria-rowindex={index}
      className={styles.row}
      style={{ transform: `translateY(${top}px)` }}
      data-symbol={symbol}
      data-selected={selected || undefined}
      data-stale={stale || undefined}
      onClick={() => onSelect(symbol)}
    >
      <td className={styles.star}>
        <button
          type="button"
          aria-pressed={listed}
          aria-label={t(listed ? "remove" : "add", { symbol })}
          data-listed={listed || undefined}
          onClick={(event) => {
            event.stopPropagation();
            onToggle(symbol);
          }}
        >
          {listed ? <IconStarFilled size={13} aria-hidden /> : <IconStar size={13} aria-hidden />}
        </button>
      </td>
      <th scope="row" className={styles.symbol}>
        <button
          type="button"
          data-pick={symbol}
          aria-pressed={selected}
          onClick={() => onSelect(symbol)}
        >
          {symbol}
        </button>
        <small title={name}>{name}</small>
      </th>
      <td className={styles.price} data-column="price">
        {stale && (
          <abbr className={styles.silent} title={t("staleRow")}>
            <IconPlayerPause size={12} aria-label={t("staleRow")} />
          </abbr>
        )}
        <span ref={cell} className={styles.last} data-price>
          {formats.price(price)}
        </span>
      </td>
      <td className={styles.number} data-trend={trend}>
        {formats.percent(changePercent)}
      </td>
      <td className={styles.number} data-wide="1" data-trend={trend}>
        {formats.change(change)}
      </td>
      <td className={styles.number} data-wide="2">
        {formats.price(high)}
      </td>
      <td className={styles.number} data-wide="2">
        {formats.price(low)}
      </td>
      <td className={styles.number} data-wide="1" data-source={source}>
        {formats.volume(volume)}
      </td>
    </tr>
  );
});

/** Whoever asked for less motion sees none; asked once, as it is read with every price. */
const still =
  typeof matchMedia === "function" ? matchMedia("(prefers-reduced-motion: reduce)") : undefined;

/** Colours the price for a moment when it moved. An animation of the browser, so React draws nothing twice. */
function useFlash(cell: RefObject<HTMLElement | null>, quote: Quote) {
  const before = useRef<Quote>(undefined);
  const running = useRef<Animation>(undefined);
  useEffect(() => {
    const flash = flashOf(before.current, quote);
    before.current = quote;
    // One that has just begun is let be: twenty a second are a flicker that says nothing, and cost a frame.
    const busy =
      running.current?.playState === "running" && Number(running.current.currentTime) < 150;
    if (!flash || still?.matches || busy) return;
    running.current?.cancel();
    running.current = cell.current?.animate(
      [{ backgroundColor: `var(--${flash}-ground)` }, { backgroundColor: "transparent" }],
      { duration: 600, easing: "ease-out" },
    );
  }, [cell, quote]);
}
