import { randomUUID } from "node:crypto";
import { type AnyContract, CloseCode, jsonCodec } from "@tocsin/protocol";
import { msgpackCodec } from "@tocsin/protocol/msgpack";
import { systemClock } from "../clock.js";
import type { Connection } from "../connection/connection.js";
import { createConnectionManager } from "../connection/connection-manager.js";
import { resolveHeartbeat } from "../connection/heartbeat.js";
import { demand, resolveChannel } from "../inbound/access.js";
import type { HandlerContext } from "../inbound/context.js";
import { UNWRITABLE } from "../inbound/ending.js";
import { createMessageHandler } from "../inbound/message-handler.js";
import type { MethodHandler } from "../inbound/methods.js";
import { readOnly } from "../inbound/policy.js";
import { createRejections, whose } from "../inbound/rejections.js";
import { resolveLimits } from "../limits.js";
import { silentLogger } from "../logger.js";
import { createFanOut } from "../outbound/fan-out.js";
import { createTurn } from "../outbound/turn.js";
import { createPublisher } from "../publish/publisher.js";
import { createSharedReads } from "../subscription/shared-reads.js";
import { createSubscriptionManager } from "../subscription/subscription-manager.js";
import { attachWebSocket } from "../ws/attach.js";
import { createComeBack } from "./come-back.js";
import { countedPublisher } from "./counted-publisher.js";
import { createDoor } from "./door.js";
import { type DrainTimes, drain, drainTimes, sleep } from "./drain.js";
import { createEndings } from "./endings.js";
import type { Hub } from "./hub.js";
import { createIncoming } from "./incoming.js";
import { createInterest } from "./interest.js";
import { nodeTimes } from "./nodes/settings.js";
import { startNodes } from "./nodes/start-nodes.js";
import { createOperating } from "./operating.js";
import type { HubOptions } from "./options.js";
import { closeOverdue } from "./overdue.js";
import { startPresenceRenewal } from "./presence-renewal.js";
import { type RejoinParts, rejoin } from "./rejoin.js";
import { count, createCounters } from "./stats.js";
import { resolveStores } from "./stores.js";
import { viewsByDefinition } from "./views.js";
import { startWatch } from "./watch.js";

/**
 * Wires the parts in the order data goes through them: socket, message handler, subscriptions and publisher,
 * stores, broker, fan-out, socket. No other file knows all of them.
 */
export function createHub<C extends AnyContract>(options: HubOptions<C>): Hub<C> {
  const { contract, authenticate, authorize = readOnly } = options;
  const { clock = systemClock, logger = silentLogger, origins = "same-host" } = options;
  const { ids = randomUUID, random = Math.random, codecs = [jsonCodec, msgpackCodec] } = options;
  const limits = resolveLimits(options.limits);
  const heartbeat = resolveHeartbeat(options.heartbeat);
  const times = nodeTimes(options.nodes);
  const stores = resolveStores(options, clock, logger);
  const { history, dedup, presence, broker } = stores;
  const joinReads = createSharedReads(history, clock);
  const counters = createCounters();
  const rejections = createRejections(logger, clock);
  const startedAt = clock.now();
  let closing: Promise<void> | undefined;
  let leaving = false;

  // out: broker -> fan-out -> outboxes
  const connections = createConnectionManager(limits);
  const interest = createInterest({
    broker,
    clock,
    lingerMs: times.lingerMs,
    onFailure: (error, channel) =>
      logger.error({ err: error, channel }, "broker did not take an interest"),
  });
  const subscriptions = createSubscriptionManager((channel, wanted) => {
    interest.changed(channel, wanted);
    joinReads.changed(channel); // what happens while nobody reads is not heard of here
    if (wanted) return;
    fanOut.forget(channel);
    incoming.forget(channel);
  });
  const turn = createTurn(setImmediate, (outbox, error) => {
    logger.error({ err: error }, "what waits for a connection could not be written");
    for (const connection of connections.all()) {
      if (connection.outbox === outbox) close(connection, CloseCode.ServerError, UNWRITABLE);
    }
  });
  const close = (connection: Connection, code: number, reason: string): void =>
    door.close(connection, code, reason);
  const onOverflow = (connection: Connection): void => {
    if (connection.closing) return;
    const code = CloseCode.SlowConsumer;
    rejections.reject({ stage: "outbox", reason: "slow-consumer", code, ...whose(connection) });
    close(connection, code, "too far behind; come back and recover");
  };
  const ending = { subscriptions, presence, turn, logger, close, onOverflow };
  const { end, onReaderFailed, leaveAll } = createEndings(ending);
  const fanOut = createFanOut({
    subscriptions,
    turn,
    clock,
    onOverflow,
    onReaderFailed,
    onDelivered: (events) => {
      counters.delivered += events;
    },
    onRenumbered: (subscription) => rejoin(rejoining, subscription),
  });
  const rejoining: RejoinParts = { subscriptions, logger, context: () => context, onOverflow };
  const incoming = createIncoming({
    broker,
    history,
    joinReads,
    subscriptions,
    interest,
    fanOut,
    clock,
    logger,
    checkEveryMs: options.broker && times.checkEveryMs, // one of our own loses nothing
    rejoin: (subscription, seen) => rejoin(rejoining, subscription, seen),
  });
  const stopListening = broker.onEvent((event) => {
    if (talk?.isOurs(event.channel)) talk.take(event);
    else incoming.take(event);
  });

  // in: socket -> message handler -> subscriptions, publisher
  const publisher = createPublisher({
    history,
    dedup,
    broker,
    now: clock.now,
    onDedupFailure: (error) => logger.error({ err: error }, "an idempotency key is stuck"),
    onBrokerFailure: (error, { channel, epoch, offset }) => {
      logger.error({ err: error, channel, offset }, "event stored but not carried to other nodes");
      incoming.heardOf(channel, { epoch, offset });
    },
  });
  const counting = countedPublisher(publisher, counters);
  const context: HandlerContext = {
    contract,
    methods: new Map(Object.entries<MethodHandler<never, unknown>>(options.methods ?? {})),
    authorize,
    views: viewsByDefinition(contract, options.views),
    subscriptions,
    publisher: counting,
    history,
    joinReads,
    presence,
    fanOut,
    turn,
    clock,
    maxChannels: limits.channelsPerConnection,
    maxReplay: limits.maxReplay,
    onJoined: (outcome) => count(counters.recoveries, outcome),
    wanted: interest.settled,
    follow: incoming.follow,
    onOverflow,
    end,
    onReaderFailed,
  };
  const messages = createMessageHandler({
    context,
    authenticate,
    rate: { messagesPerSecond: limits.messagesPerSecond, burst: limits.messageBurst },
    close,
    reject: rejections.reject,
    onIdentified(connection) {
      connections.identified(connection);
      watch.keep(connection); // its token may expire sooner than anything else is due
    },
  });
  const comeBack = createComeBack({
    now: clock.now,
    connections: () => connections.size,
    perSecond: limits.connectsPerSecond,
    onSent: ({ outbox }) => turn.touch(outbox),
  });
  const door = createDoor({
    contract,
    authenticate,
    codecs,
    origins,
    limits,
    heartbeat,
    clock,
    logger,
    ids,
    clientAddress: options.clientAddress ?? (({ remoteAddress }) => remoteAddress),
    connections,
    comeBack,
    turn,
    isDraining: () => leaving,
    onFrame: messages.handle,
    onOpened(connection) {
      counters.opened += 1;
      watch.keep(connection);
      messages.begin(connection);
    },
    rejections,
    onClosed(connection, code) {
      count(counters.closed, String(code));
      watch.drop(connection);
      messages.forget(connection);
      leaveAll(connection);
    },
  });

  // time
  const watch = startWatch({
    clock,
    heartbeat,
    onLook: comeBack.refresh,
    close: closeOverdue(rejections, close),
  });
  const stopRenewal = startPresenceRenewal({ clock, presence, subscriptions, connections, logger });
  const attachments = new Set<() => void>();

  const shutDown = async (times: DrainTimes): Promise<void> => {
    if (times.noticeMs > 0) await sleep(clock, times.noticeMs);
    leaving = true;
    await drain({ clock, turn, random, connections: connections.all, close }, times);
    for (const detach of attachments) detach();
    watch.stop();
    stopRenewal();
    await talk?.stop();
    stopListening();
    incoming.stop();
    interest.stop();
    await stores.disposeOwn();
  };

  const operating = createOperating({
    connections,
    subscriptions,
    rejections,
    counters,
    incoming,
    clock,
    startedAt,
    isDraining: () => closing !== undefined,
    close,
    end,
  });
  const { connectionsOf, infoOf, ...operated } = operating;

  // other nodes
  const { nodes, talk } = startNodes({
    name: options.nodes?.name ?? ids(),
    since: startedAt,
    contract,
    clock,
    turn,
    subscriptions,
    connectionsOf,
    infoOf,
    onReaderFailed,
    hub: operated,
    broker: options.broker,
    logger,
    ids,
    beatMs: times.beatMs,
    answerWithinMs: times.answerWithinMs,
    isUp: () => incoming.isUp,
  });

  const hub: Hub<C> = {
    contract,
    nodes,
    connections,
    subscriptions,
    rejections,
    gate: door,
    attach(server, attachOptions) {
      const attachment = attachWebSocket(server, door, attachOptions, clock);
      attachments.add(attachment.close);
      return attachment;
    },
    publish: (channel, data, publishOptions) => counting.publish(channel, data, publishOptions),
    remove: (channel, key) => counting.remove(channel, key),
    read: (channel, query) => history.read(channel.name, query),
    members: (channel) => presence.members(channel.name),
    authenticate: async (token, request) => (await authenticate?.({ token, request })) ?? null,
    async publishFor(principal, { channel: address, data, key }) {
      const channel = resolveChannel(contract, address);
      await demand(authorize, { principal }, { action: "publish", channel, data });
      const scope = principal?.userId ?? "";
      return counting.publish(channel, data, key === undefined ? {} : { key, scope });
    },
    ...operated,
    close(closeOptions = {}) {
      closing ??= shutDown(drainTimes(closeOptions));
      return closing;
    },
    async [Symbol.asyncDispose]() {
      await hub.close();
    },
  };
  return hub;
}
