import { useCallback, useState } from "react";

/** What is needed of the browser's storage. */
export type Storage = Pick<globalThis.Storage, "getItem" | "setItem">;

const keyOf = (userId: string) => `tocsin.watchlist.${userId}`;

/** The symbols a user listed, in their order; none when nothing readable is kept. */
export function readList(storage: Storage, userId: string): readonly string[] {
  try {
    const kept: unknown = JSON.parse(storage.getItem(keyOf(userId)) ?? "[]");
    return Array.isArray(kept) ? kept.filter((each) => typeof each === "string") : [];
  } catch {
    return []; // whatever it is, it is not ours
  }
}

/** Keeps the list. A browser that keeps nothing still shows it until the page is left. */
export function keepList(storage: Storage, userId: string, symbols: readonly string[]): void {
  try {
    storage.setItem(keyOf(userId), JSON.stringify(symbols));
  } catch {
    // full, or switched off
  }
}

/** Adds a symbol to a list, or takes it off. */
export function toggled(symbols: readonly string[], symbol: string): readonly string[] {
  return symbols.includes(symbol)
    ? symbols.filter((each) => each !== symbol)
    : [...symbols, symbol];
}

/** One's own list; kept in this browser, for each user apart. */
export function useOwnList(
  userId: string,
): [symbols: readonly string[], toggle: (symbol: string) => void] {
  const [symbols, setSymbols] = useState(() => readList(localStorage, userId));
  const toggle = useCallback(
    (symbol: string) =>
      setSymbols((before) => {
        const next = toggled(before, symbol);
        keepList(localStorage, userId, next);
        return next;
      }),
    [userId],
  );
  return [symbols, toggle];
}
