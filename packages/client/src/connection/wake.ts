/** Calls back when the page or device may have come back to life; returns how to stop. */
export type WakeSource = (wake: () => void) => () => void;

/**
 * `online`, `pageshow` and a page becoming visible. Timers of a background page are throttled or frozen, so
 * these are often the first to know. Does nothing where there is no page.
 */
export const pageWakeUps: WakeSource = (wake) => {
  const page: Document | undefined = globalThis.document;
  const visible = () => {
    if (page?.visibilityState === "visible") wake();
  };
  const events: readonly (readonly [EventTarget | undefined, string, () => void])[] = [
    [page, "visibilitychange", visible],
    [globalThis.window, "online", wake],
    [globalThis.window, "pageshow", wake],
  ];
  for (const [target, type, listener] of events) target?.addEventListener?.(type, listener);
  return () => {
    for (const [target, type, listener] of events) target?.removeEventListener?.(type, listener);
  };
};
