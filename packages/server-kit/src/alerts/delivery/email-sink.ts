import { DeliveryError } from "../errors.js";
import type { DeliveryStore } from "./delivery-store.js";
import type { AlertSink, Delivery, RetryPolicy } from "./sink.js";

/** A mail as it is handed over. */
export interface AlertMail {
  readonly from: string;
  readonly to: { readonly name: string; readonly address: string };
  readonly subject: string;
  readonly text: string;
  /** The same for each attempt, so that a mailbox can drop the second. */
  readonly messageId: string;
  /** The mail that said it fired, in the one that says it is over. */
  readonly inReplyTo?: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** What sends mail; a transport of nodemailer fits as it is. */
export interface MailTransport {
  /** Hands a mail to its server; rejects when that does not take it. */
  sendMail(mail: AlertMail): Promise<unknown>;
}

/** Settings of {@link emailSink}. */
export interface EmailSinkOptions {
  readonly transport: MailTransport;
  /** As in `"Alerts <alerts@example.com>"`. */
  readonly from: string;
  /** Where endpoints are kept, whose targets are addresses. */
  readonly endpoints: Pick<DeliveryStore, "endpoint">;
  /** Default: tried again for 24 hours. */
  readonly retry?: RetryPolicy;
}

const DAY_MS = 86_400_000;

/** Sends notifications by mail, as plain text. A mailbox that does not exist ends the delivery. */
export function emailSink({
  transport,
  from,
  endpoints,
  retry = { baseMs: 10_000, giveUpAfterMs: DAY_MS },
}: EmailSinkOptions): AlertSink {
  const domain = /@([^\s>]+)/.exec(from)?.[1] ?? "localhost";
  const idOf = (revision: number, { notification, recipient }: Delivery) =>
    `<${encodeURIComponent(`${notification.id}.${revision}.${recipient}`)}@${domain}>`;
  return {
    name: "email",
    retry,
    async deliver(delivery) {
      const endpoint = await endpoints.endpoint(delivery.recipient);
      if (!endpoint?.enabled) throw new DeliveryError("the endpoint is gone", { retryable: false });
      const { title, body, severity, revision } = delivery.notification;
      const mail: AlertMail = {
        from,
        // As parts, and not as text: a comma in it would make two addresses.
        to: { name: "", address: endpoint.target },
        subject: `${revision > 1 ? "Over: " : ""}${title}`.replace(/\s+/g, " "),
        text: `${body}\n`,
        messageId: idOf(revision, delivery),
        ...(revision > 1 && { inReplyTo: idOf(1, delivery) }),
        headers: {
          "Auto-Submitted": "auto-generated",
          ...(severity === "critical" && { Importance: "high" }),
        },
      };
      try {
        await transport.sendMail(mail);
      } catch (error) {
        throw asDeliveryError(error);
      }
    },
  };
}

/** What SMTP answers with 5xx will be answered so again. */
function asDeliveryError(error: unknown): DeliveryError {
  const { responseCode }: { responseCode?: unknown } =
    typeof error === "object" && error !== null ? error : {};
  const final = typeof responseCode === "number" && responseCode >= 500;
  const message = error instanceof Error ? error.message : String(error);
  return new DeliveryError(message, { retryable: !final, cause: error });
}
