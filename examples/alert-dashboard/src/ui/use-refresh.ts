import { useEffect, useRef } from "react";

/**
 * Calls `refresh` some time after `key` changed, at most once in `everyMs`; the last change is never lost.
 * For lists of the server that change with something the page sees live.
 */
export function useRefresh(key: unknown, refresh: () => Promise<void> | void, everyMs: number) {
  const seen = useRef(key);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const newest = useRef(refresh);
  useEffect(() => {
    newest.current = refresh;
  }, [refresh]);
  useEffect(() => {
    if (seen.current === key) return;
    seen.current = key;
    timer.current ??= setTimeout(() => {
      timer.current = undefined;
      void newest.current();
    }, everyMs);
  }, [key, everyMs]);
  useEffect(
    () => () => {
      clearTimeout(timer.current);
      timer.current = undefined;
    },
    [],
  );
}
