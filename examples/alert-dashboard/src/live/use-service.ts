import { useConnection, useLatest } from "@tocsin/client/react";
import { market, type ServiceStatus } from "@tocsin-example/alert-contract";

const service = market.service();

/** What the service does, as far as it is known. */
export interface ServiceView {
  readonly status: ServiceStatus | undefined;
  /** Whether what is shown is current. */
  readonly connected: boolean;
}

export function useService(): ServiceView {
  const { status: connection } = useConnection();
  const { value, status } = useLatest(service);
  return { status: value, connected: connection === "live" && status === "live" };
}
