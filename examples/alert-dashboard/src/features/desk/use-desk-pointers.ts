import { useTocsinClient } from "@tocsin/client/react";
import { market, type Pointer } from "@tocsin-example/alert-contract";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useUserId } from "../../shell/user.js";
import { type DeskPointer, type HeardPointer, POINTER_MS, visiblePointers } from "./people.js";

export type { DeskPointer } from "./people.js";

/** A pointer is told at most so often; between, others see it where it was. */
const SEND_MS = 80;

/** Names this tab to the others. */
const TAB = crypto.randomUUID();

/** The pointers of others on a symbol's chart, and a way to say where one points oneself. */
export interface DeskPointers {
  readonly pointers: readonly DeskPointer[];
  /** Market time and price under the pointer; `null` when it has left the chart. Call it as often as you like. */
  readonly point: (time: number | null, price: number | null) => void;
}

export function useDeskPointers(symbol: string | undefined): DeskPointers {
  const client = useTocsinClient();
  const userId = useUserId();
  const [pointers, setPointers] = useState<readonly DeskPointer[]>([]);
  const ref = useMemo(
    () => (symbol === undefined ? undefined : market.desk({ code: symbol })),
    [symbol],
  );

  useEffect(() => {
    if (!ref) return;
    const heard = new Map<string, HeardPointer>();
    const show = () => setPointers(visiblePointers(heard.values(), TAB, Date.now()));
    const subscription = client.subscribe(ref);
    const leave = subscription.on("event", (pointer: Pointer) => {
      heard.set(pointer.clientId, { pointer, at: Date.now() });
      show();
    });
    const timer = setInterval(show, POINTER_MS);
    return () => {
      clearInterval(timer);
      leave();
      subscription.unsubscribe();
      setPointers([]);
    };
  }, [client, ref]);

  const next = useRef<Pointer>(undefined);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const point = useCallback(
    (time: number | null, price: number | null) => {
      next.current = { userId, clientId: TAB, time, price };
      timer.current ??= setTimeout(() => {
        timer.current = undefined;
        const pointer = next.current;
        if (!ref || !pointer || client.state.status !== "live") return;
        // Nobody waits for it, and the next one is on its way.
        client.publish(ref, pointer).catch(() => {});
      }, SEND_MS);
    },
    [client, ref, userId],
  );
  useEffect(
    () => () => {
      clearTimeout(timer.current);
      timer.current = undefined;
      if (!ref || client.state.status !== "live" || !next.current) return;
      next.current = undefined;
      client.publish(ref, { userId, clientId: TAB, time: null, price: null }).catch(() => {});
    },
    [client, ref, userId],
  );
  return { pointers, point };
}
