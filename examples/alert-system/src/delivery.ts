import type { Clock, Hub, Logger } from "@tocsin/server-kit";
import {
  type AlertSink,
  type AlertStore,
  createDispatcher,
  type Dispatcher,
  EndpointTargetError,
  emailSink,
  inboxSink,
  type MailTransport,
  webhookSink,
} from "@tocsin/server-kit/alerts";
import { market } from "@tocsin-example/alert-contract";

/** Settings of {@link createDelivery}. */
export interface DeliveryOptions {
  readonly store: AlertStore;
  readonly hub: Pick<Hub<typeof market>, "publish" | "read">;
  /** Whether webhooks may go to addresses of the own network. */
  readonly privateWebhooks: boolean;
  /** What sends mail; absent: none is sent. */
  readonly mail?: { readonly transport: MailTransport; readonly from: string } | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** How alerts leave the database. */
export interface AlertDelivery {
  readonly dispatcher: Dispatcher;
  /**
   * Refuses where alerts must not be sent to.
   *
   * @throws {@link EndpointTargetError}
   */
  checkTarget(sink: string, target: string): Promise<void>;
}

/** Hands alerts on to inboxes and webhooks, and to mailboxes where there is a mail server. */
export function createDelivery(options: DeliveryOptions): AlertDelivery {
  const { store, hub, privateWebhooks, mail, clock, logger } = options;
  const sinks: readonly AlertSink[] = [
    inboxSink({ hub, channel: (userId) => market.alerts({ userId }) }),
    webhookSink({ endpoints: store, allowPrivate: privateWebhooks, now: () => clock.now() }),
    ...(mail ? [emailSink({ ...mail, endpoints: store })] : []),
  ];
  return {
    dispatcher: createDispatcher({ store, sinks, clock, logger }),
    async checkTarget(name, target) {
      const sink = sinks.find((one) => one.name === name);
      if (!sink) throw new EndpointTargetError(`cannot be reached: this server sends no ${name}`);
      await sink.accept?.(target);
    },
  };
}
