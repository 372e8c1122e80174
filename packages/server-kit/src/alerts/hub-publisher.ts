import { type AlertNotification, alertNotification } from "@tocsin/protocol/alerts";
import type { AlertPublisher } from "./outbox.js";

/** The parts of a hub that are used; a `Hub` fits as it is. */
export interface AlertHub<Ref> {
  /** Publishes one event; twice with one `key` is once. */
  publish(ref: Ref, data: AlertNotification, options: { readonly key: string }): Promise<unknown>;
  /** Reads the newest events a channel keeps. */
  read(
    ref: Ref,
    query: { readonly newest: true; readonly limit: number },
  ): Promise<{ readonly entries: readonly { readonly data: unknown }[] }>;
}

/** As many as an inbox is usually told to keep; only the last few can have been left unmarked by a crash. */
const LOOK_BACK = 1_000;

const identified = alertNotification.pick({ id: true });

/** Publishes notifications through a hub, and looks into its history for what was published before a crash. */
export function hubPublisher<Ref>(hub: AlertHub<Ref>): AlertPublisher<Ref> {
  return {
    publish: (ref, data, options) => hub.publish(ref, data, options),
    async held(ref) {
      const { entries } = await hub.read(ref, { newest: true, limit: LOOK_BACK });
      return new Set(entries.flatMap(({ data }) => identified.safeParse(data).data?.id ?? []));
    },
  };
}
