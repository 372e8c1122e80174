import { useTocsinClient } from "@tocsin/client/react";
import { market, type ServiceStatus } from "@tocsin-example/alert-contract";
import { useEffect, useRef, useState } from "react";

const service = market.service();

/**
 * One thing of what the service says; draws anew only when that changes, and not with every tick of market time.
 * `undefined` before the first answer.
 */
export function useServicePart<Part extends string | number | boolean>(
  select: (status: ServiceStatus) => Part,
): Part | undefined {
  const client = useTocsinClient();
  const [part, setPart] = useState<Part>();
  const newest = useRef(select);
  useEffect(() => {
    newest.current = select;
  });
  useEffect(() => {
    const subscription = client.subscribe(service);
    const read = () => {
      if (subscription.value) setPart(newest.current(subscription.value));
    };
    read();
    const stop = subscription.on("event", read);
    return () => {
      stop();
      subscription.unsubscribe();
    };
  }, [client]);
  return part;
}
