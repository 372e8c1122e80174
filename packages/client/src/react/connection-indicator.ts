import { type ReactNode, useEffect, useState } from "react";
import { type ConnectionInfo, useConnection } from "./use-connection.js";

/** What a {@link ConnectionIndicator} hands to its child. */
export type IndicatorInfo = ConnectionInfo & {
  /** Whole seconds to the next attempt while waiting for it, counting down; otherwise `undefined`. */
  readonly secondsToRetry: number | undefined;
};

/** Properties of {@link ConnectionIndicator}. */
export interface ConnectionIndicatorProps {
  /** Renders the state; looks and words are yours. */
  readonly children: (info: IndicatorInfo) => ReactNode;
}

/** Headless: tells its child the state, the attempt, the countdown to the next one and the gaps. */
export function ConnectionIndicator({ children }: ConnectionIndicatorProps): ReactNode {
  const info = useConnection();
  const retryAt = info.status === "waiting" ? info.retryAt : undefined;
  const [now, setNow] = useState(0);
  useEffect(() => {
    if (retryAt === undefined) return;
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, [retryAt]);
  const secondsToRetry =
    retryAt === undefined
      ? undefined
      : Math.max(0, Math.ceil((retryAt - (now || retryAt)) / 1_000));
  return children({ ...info, secondsToRetry });
}
