import { defineContract, latest, log, method, type ServerMessage, signal } from "@tocsin/protocol";
import { z } from "zod";
import { beginClose } from "../connection/connection.js";
import type { HandlerContext } from "../inbound/context.js";
import { endSubscription } from "../inbound/ending.js";
import type { MessageHandler, MessageHandlerParts } from "../inbound/message-handler.js";
import type { MethodHandler } from "../inbound/methods.js";
import type { AccessRequest, Authenticate, Authorize } from "../inbound/policy.js";
import { createFanOut } from "../outbound/fan-out.js";
import { createTurn } from "../outbound/turn.js";
import { createPublisher } from "../publish/publisher.js";
import { memoryBroker } from "../store/broker-memory.js";
import { memoryDedupStore } from "../store/dedup-memory.js";
import { memoryHistoryStore } from "../store/history-memory.js";
import { memoryPresenceStore } from "../store/presence-memory.js";
import { createSubscriptionManager } from "../subscription/subscription-manager.js";
import { settled } from "./fake-client.js";
import { fakeClock } from "./fake-clock.js";
import { type FakeConnection, fakeConnection } from "./fake-connection.js";

/** The contract the suite of the message handler speaks. */
export const handlerContract = defineContract({
  channels: {
    price: latest("price:{code}", z.object({ price: z.number() })),
    inbox: log("inbox:{userId}", z.object({ text: z.string() })),
    room: signal("room:{id}", z.number(), { presence: true }),
  },
  methods: {
    double: method({ input: z.object({ n: z.number() }), output: z.object({ n: z.number() }) }),
    wait: method({ input: z.object({}), output: z.object({}) }),
    fail: method({ input: z.object({}), output: z.object({}) }),
  },
});

/** What the suite may set up differently. */
export interface HandlerSettings {
  readonly authenticate?: Authenticate;
  readonly authorize?: Authorize;
  readonly maxChannels?: number;
  readonly rate?: MessageHandlerParts["rate"];
}

/** Puts a message handler where a hub would have it, with everything around it in memory. */
export function harness(
  create: (parts: MessageHandlerParts) => MessageHandler,
  { authenticate, authorize = () => true, maxChannels = 10, rate }: HandlerSettings = {},
) {
  const clock = fakeClock(0);
  const subscriptions = createSubscriptionManager();
  const turn = createTurn();
  const broker = memoryBroker();
  const history = memoryHistoryStore({ now: clock.now });
  const unexpected = (what: string) => () => {
    throw new Error(`${what} was not expected here`);
  };
  const fanOut = createFanOut({
    subscriptions,
    turn,
    clock,
    onOverflow: unexpected("an overflow"),
    onRenumbered: unexpected("a renumbered channel"),
    onReaderFailed: unexpected("a failed view or codec"),
    onDelivered: () => {},
  });
  broker.onEvent(fanOut.deliver);
  const publisher = createPublisher({
    history,
    dedup: memoryDedupStore({ now: clock.now }),
    broker,
    now: clock.now,
    onBrokerFailure: unexpected("a broker failure"),
    onDedupFailure: unexpected("a stuck key"),
  });
  const release: (() => void)[] = [];
  const methods = new Map<string, MethodHandler<never, unknown>>([
    ["double", ({ n }: { n: number }) => ({ n: n * 2 })],
    ["wait", () => new Promise((resolve) => release.push(() => resolve({})))],
    ["fail", () => Promise.reject(new Error("the password is hunter2"))],
  ]);
  const asked: AccessRequest[] = [];
  const context: HandlerContext = {
    contract: handlerContract,
    methods,
    authorize(request) {
      asked.push(request);
      return authorize(request);
    },
    views: new Map(),
    subscriptions,
    publisher,
    history,
    joinReads: history,
    presence: memoryPresenceStore({ now: clock.now }),
    fanOut,
    turn,
    clock,
    maxChannels,
    maxReplay: 100,
    wanted: (channel) => broker.subscribe(channel),
    follow: () => undefined, // one node, whose broker loses nothing
    onOverflow: unexpected("an overflow"),
    end: (subscription, reason) =>
      endSubscription(
        {
          subscriptions,
          presence: context.presence,
          turn,
          close: unexpected("a close"),
          onOverflow: unexpected("an overflow"),
          onPresenceFailure: unexpected("a presence failure"),
        },
        subscription,
        reason,
      ),
    onReaderFailed: unexpected("a failed view or codec"),
  };
  const rejected: string[] = [];
  const failures: unknown[] = [];
  const handler = create({
    context,
    authenticate,
    rate: rate ?? { messagesPerSecond: 1_000, burst: 1_000 },
    close: (connection, code, reason) => void beginClose(connection, code, reason),
    onIdentified: () => {},
    reject({ stage, reason, err }) {
      rejected.push(`${stage} ${reason}`);
      if (err !== undefined) failures.push(err);
    },
  });
  const connection = fakeConnection(
    authenticate ? { identity: { status: "unproven", deadline: 3_000 } } : {},
  );
  return {
    handler,
    clock,
    subscriptions,
    publisher,
    connection,
    asked,
    rejected,
    failures,
    /** Lets every `wait` call that is open return. */
    release: () => {
      for (const go of release.splice(0)) go();
    },
    /** Sends messages in one go and returns what has been answered when everything has settled. */
    say: (...messages: readonly (object | string)[]) => say(handler, connection, messages),
  };
}

async function say(
  handler: MessageHandler,
  connection: FakeConnection,
  messages: readonly (object | string)[],
): Promise<readonly ServerMessage[]> {
  const before = connection.socket.sent.length;
  for (const message of messages) {
    handler.handle(connection, typeof message === "string" ? message : JSON.stringify(message));
  }
  await settled();
  return connection.socket.sent.slice(before);
}
