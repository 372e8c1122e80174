import { type KeyboardEvent, type PointerEvent, type Ref, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useFormats } from "../../i18n/use-formats.js";
import styles from "./chart.module.css";
import { type Level, roundPrice, stepOf } from "./levels.js";

/** Until when a level that was moved by keys is saved: after this long without another key, milliseconds. */
const SETTLED_MS = 700;

interface LevelHandleProps {
  readonly ref?: Ref<HTMLDivElement>;
  readonly level: Level;
  /** Where on the chart a price is; `undefined` while it is not drawn. */
  readonly priceAt: (clientY: number) => number | undefined;
  /** Moved, but not let go of yet. */
  readonly onMoving: (level: Level, price: number | undefined) => void;
  readonly onMoved: (level: Level, price: number) => void;
  readonly onOpen: (level: Level) => void;
}

/** The grip of a level: moved by pointer or by arrow keys, opened by a click or Enter. */
export function LevelHandle(props: LevelHandleProps) {
  const { ref, level, priceAt, onMoving, onMoved, onOpen } = props;
  const { kind, field, price, enabled, firing, monitorId } = level;
  const { t } = useTranslation("chart");
  const formats = useFormats();
  const [moving, setMoving] = useState<number>();
  const press = useRef<{ readonly y: number; moved: boolean }>(undefined);
  const settle = useRef<ReturnType<typeof setTimeout>>(undefined);
  const shown = moving ?? price;

  const move = (to: number | undefined) => {
    setMoving(to);
    onMoving(level, to);
  };
  const finish = (to: number | undefined) => {
    clearTimeout(settle.current);
    move(undefined);
    if (to !== undefined && to !== price) onMoved(level, to);
  };

  function onPointerDown(event: PointerEvent<HTMLDivElement>) {
    if (event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    press.current = { y: event.clientY, moved: false };
  }
  function onPointerMove(event: PointerEvent<HTMLDivElement>) {
    if (!press.current || (!press.current.moved && Math.abs(event.clientY - press.current.y) < 3))
      return;
    press.current.moved = true;
    const at = priceAt(event.clientY);
    if (at !== undefined) move(roundPrice(at));
  }
  function onPointerUp() {
    const moved = press.current?.moved ?? false;
    if (press.current && !moved) onOpen(level);
    press.current = undefined;
    if (moved) finish(moving);
  }
  function onKeyDown(event: KeyboardEvent<HTMLDivElement>) {
    const steps = { ArrowUp: 1, ArrowDown: -1, PageUp: 10, PageDown: -10 }[event.key];
    if (steps !== undefined) {
      const to = roundPrice(Math.max(shown + steps * stepOf(price), stepOf(price)));
      move(to);
      clearTimeout(settle.current);
      settle.current = setTimeout(() => finish(to), SETTLED_MS);
    } else if (event.key === "Enter" || event.key === " ") {
      if (moving === undefined) onOpen(level);
      else finish(moving);
    } else if (event.key === "Escape" && moving !== undefined) {
      press.current = undefined;
      finish(undefined);
    } else return;
    event.preventDefault();
  }

  const what = t(`fields.${field}`, { kind: t(`kinds.${kind}`) });
  const saying = monitorId === undefined ? "levelDraft" : enabled ? "level" : "levelOff";
  return (
    <div
      ref={ref}
      role="slider"
      tabIndex={0}
      aria-orientation="vertical"
      aria-label={t(saying, { what, price: formats.price(shown) })}
      aria-valuenow={shown}
      aria-valuemin={0}
      aria-valuetext={formats.price(shown)}
      className={styles.handle}
      data-level={level.key}
      data-price={shown}
      data-kind={kind}
      data-draft={monitorId === undefined || undefined}
      data-off={!enabled || undefined}
      data-firing={firing || undefined}
      data-moving={moving !== undefined || undefined}
      onPointerDown={onPointerDown}
      onPointerMove={onPointerMove}
      onPointerUp={onPointerUp}
      onPointerCancel={() => finish(undefined)}
      onKeyDown={onKeyDown}
      onBlur={() => moving !== undefined && !press.current && finish(moving)}
    >
      <span className={styles.grip} aria-hidden>
        {what}
        <b>{formats.price(shown)}</b>
      </span>
    </div>
  );
}
