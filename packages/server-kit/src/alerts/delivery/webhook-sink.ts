import { lookup as dnsLookup } from "node:dns/promises";
import { request as httpRequest, type IncomingMessage, type RequestOptions } from "node:http";
import { request as httpsRequest } from "node:https";
import { isIP, type LookupFunction } from "node:net";
import type { AlertNotification } from "@tocsin/protocol/alerts";
import { DeliveryError, EndpointTargetError } from "../errors.js";
import { allowedAddresses, type Lookup, type TargetPolicy, targetUrl } from "./address.js";
import type { DeliveryStore } from "./delivery-store.js";
import type { AlertSink, Delivery, RetryPolicy } from "./sink.js";
import { webhookSignature } from "./webhook-signature.js";

/** Settings of {@link webhookSink}. */
export interface WebhookSinkOptions {
  /** Where endpoints are kept. */
  readonly endpoints: Pick<DeliveryStore, "endpoint" | "disableEndpoint">;
  /** How long the other side may take, milliseconds. Default 10,000. */
  readonly timeoutMs?: number;
  /** Whether targets may lie within the own network. Default `false`: anybody could reach into it. */
  readonly allowPrivate?: boolean;
  /** Finds the addresses of a name. Default: as the operating system does. */
  readonly lookup?: Lookup;
  /** Default: tried again for 24 hours. */
  readonly retry?: RetryPolicy;
  /** Milliseconds since 1970, for signatures. Default `Date.now`. */
  readonly now?: () => number;
}

const DAY_MS = 86_400_000;

/** Answers that are no fault of the request: later it may be taken. */
const PASSING = new Set([408, 425, 429]);

const systemLookup: Lookup = async (hostname) => {
  const found = await dnsLookup(hostname, { all: true });
  return found.map(({ address }) => address);
};

/**
 * Posts notifications to URLs, signed as Standard Webhooks are: `webhook-id`, which stays the same over attempts,
 * `webhook-timestamp` and `webhook-signature`. Any 2xx has taken it; 410 ends the endpoint, other 4xx the delivery.
 * Redirects are not followed. Addresses within the own network are refused when an endpoint is made and again when
 * it is connected to, with the very answer of the name server that is then used.
 */
export function webhookSink({
  endpoints,
  timeoutMs = 10_000,
  allowPrivate = false,
  lookup = systemLookup,
  retry = { giveUpAfterMs: DAY_MS },
  now = Date.now,
}: WebhookSinkOptions): AlertSink {
  const policy: TargetPolicy = { allowPrivate, lookup };
  return {
    name: "webhook",
    retry,
    async accept(target) {
      const { hostname } = targetUrl(target);
      try {
        await allowedAddresses(hostname, policy);
      } catch (error) {
        if (error instanceof EndpointTargetError) throw error;
        throw new EndpointTargetError("has a name that cannot be found", { cause: error });
      }
    },
    async deliver(delivery, signal) {
      const endpoint = await endpoints.endpoint(delivery.recipient);
      if (!endpoint?.enabled || endpoint.secret === null) {
        throw new DeliveryError("the endpoint is gone", { retryable: false });
      }
      const body = JSON.stringify(payloadOf(delivery.notification));
      const id = printable(delivery.id);
      const timestamp = Math.floor(now() / 1_000);
      const headers = {
        "content-type": "application/json",
        "content-length": Buffer.byteLength(body),
        "user-agent": "tocsin",
        "webhook-id": id,
        "webhook-timestamp": String(timestamp),
        "webhook-signature": webhookSignature(endpoint.secret, id, timestamp, body),
      };
      const response = await post(targetUrl(endpoint.target), policy, {
        headers,
        body,
        signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
      });
      await judge(response, delivery, now(), (gone) => endpoints.disableEndpoint(gone));
    },
  };
}

/** What is posted, in the form Standard Webhooks recommend. */
function payloadOf(notification: AlertNotification) {
  const { kind, revision, updatedAt } = notification;
  const event = kind === "no-data" || kind === "summary" ? kind : "fired";
  return {
    type: `alert.${revision > 1 ? "resolved" : event}`,
    timestamp: new Date(updatedAt).toISOString(),
    data: notification,
  };
}

/** Headers hold nothing but these; ids of ours are made of them, those of a store's own `newId` may not be. */
function printable(id: string): string {
  return /^[\x21-\x7e]+$/.test(id) ? id : encodeURIComponent(id);
}

interface Post {
  readonly headers: Readonly<Record<string, string | number>>;
  readonly body: string;
  readonly signal: AbortSignal;
}

/** Posts, and resolves with the head of the answer; nobody reads its body. */
async function post(
  url: URL,
  policy: TargetPolicy,
  { headers, body, signal }: Post,
): Promise<IncomingMessage> {
  let addresses: readonly string[];
  try {
    addresses = await allowedAddresses(url.hostname, policy);
  } catch (error) {
    const retryable = !(error instanceof EndpointTargetError);
    throw new DeliveryError(`${url.hostname}: ${messageOf(error)}`, { retryable, cause: error });
  }
  const options: RequestOptions = {
    method: "POST",
    headers: { ...headers },
    agent: false,
    signal,
    // The addresses that were checked: asking once more might be answered otherwise.
    lookup: pinned(addresses),
  };
  const request = url.protocol === "https:" ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const outgoing = request(url, options, (response) => {
      resolve(response);
      response.destroy();
    });
    outgoing.on("error", (error) => {
      const why = signal.aborted ? messageOf(signal.reason) : messageOf(error);
      reject(new DeliveryError(`${url.hostname}: ${why}`, { retryable: true, cause: error }));
    });
    outgoing.end(body);
  });
}

function pinned(addresses: readonly string[]): LookupFunction {
  const all = addresses.map((address) => ({ address, family: isIP(address) }));
  return (hostname, options, callback) => {
    const [first] = all;
    if (!first) callback(new Error(`${hostname} has no address`), "", 0);
    else if (options.all) callback(null, all);
    else callback(null, first.address, first.family);
  };
}

async function judge(
  { statusCode = 0, headers }: IncomingMessage,
  { recipient }: Delivery,
  now: number,
  disable: (endpointId: string) => Promise<void>,
): Promise<void> {
  if (statusCode >= 200 && statusCode < 300) return;
  if (statusCode === 410) {
    await disable(recipient);
    throw new DeliveryError("answered 410: the endpoint is gone", { retryable: false });
  }
  if (statusCode >= 300 && statusCode < 400) {
    throw new DeliveryError(
      `answered ${statusCode}: redirects are not followed; name the address it points to`,
      { retryable: false },
    );
  }
  const retryable = statusCode >= 500 || PASSING.has(statusCode);
  throw new DeliveryError(`answered ${statusCode}`, {
    retryable,
    retryAfterMs: retryable ? retryAfter(headers["retry-after"], now) : undefined,
  });
}

/** Seconds or a date; at most a day, for who says more has made a mistake. */
function retryAfter(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  const ms = /^\d+$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - now;
  return Number.isFinite(ms) ? Math.min(Math.max(0, ms), DAY_MS) : undefined;
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // Trying several addresses fails with all their errors and no message.
  if (error instanceof AggregateError && error.message === "") {
    return error.errors.map(messageOf).join("; ");
  }
  return error.message;
}
