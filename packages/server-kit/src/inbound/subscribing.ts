import type { ChannelRef, ClientMessageOf } from "@tocsin/protocol";
import { principalOf } from "../connection/connection.js";
import { UnwritableError } from "../connection/frame.js";
import { type Accepted, forgetChannel } from "../connection/outbox.js";
import type { HistoryPage } from "../store/history-store.js";
import { announce, goLive, heldSince, readForJoin } from "../subscription/join.js";
import { createPace, type Pace } from "../subscription/pace.js";
import type { JoinRequest } from "../subscription/recovery.js";
import { entriesFor, replayOn, sendSome } from "../subscription/replay.js";
import type { Subscription } from "../subscription/subscription.js";
import { ViewFailedError, viewOf } from "../subscription/view.js";
import { checkedParams, demand, resolveChannel } from "./access.js";
import type { Handler, HandlerContext } from "./context.js";
import type { Principal } from "./policy.js";
import { invalid, Refused } from "./refusal.js";

/** Subscribes, or changes a subscription in place: both are a new join at the position the client names. */
export const subscribe: Handler<"subscribe"> = async (context, connection, message) => {
  const { subscriptions } = context;
  const channel = resolveChannel(context.contract, message.channel);
  const params = checkedParams(channel, message.params);
  let asked: Principal | undefined;
  do {
    asked = principalOf(connection);
    await demand(context.authorize, connection, { action: "subscribe", channel, params });
    // a token renewed meanwhile may say something else
  } while (asked !== principalOf(connection));
  if (
    !subscriptions.get(connection, channel.name) &&
    subscriptions.count(connection) >= context.maxChannels
  ) {
    throw new Refused({
      code: "limit",
      channel: channel.name,
      message: `a connection may be on ${context.maxChannels} channels at most; unsubscribe from one first`,
    });
  }
  if (connection.closing) return undefined;
  const view = viewOf(context.views.get(channel.def), channel, params);
  const pace = paceOf(channel, message.maxRate);
  context.fanOut.settle(channel.name); // to the readers there were until now
  const earlier = subscriptions.get(connection, channel.name);
  const subscription = subscriptions.add(connection, channel, { params, view, pace });
  // A position in one view says nothing about another: what was hidden before may have to be shown now.
  const sameView = !earlier || earlier.view?.key === view?.key;
  const since = sameView ? message.since : undefined;
  await join(context, subscription, { since, rewind: message.rewind }, message.id);
  return undefined;
};

/** How fast the reader wants the channel; only where older values may be left out for newer ones. */
function paceOf({ mode, name }: ChannelRef, maxRate: number | undefined): Pace | undefined {
  if (maxRate === undefined) return undefined;
  if (mode === "latest" || mode === "table") return createPace(maxRate);
  const message = `is for latest and table channels; on a ${mode} no event may be left out for a newer one`;
  throw new Refused(invalid("unsupported", { field: "maxRate", message }, name));
}

/** Takes a subscription from the index to live. On failure it is taken out again. */
export async function join(
  context: HandlerContext,
  subscription: Subscription,
  { since, rewind }: Pick<ClientMessageOf<"subscribe">, "since" | "rewind">,
  id: string | undefined,
): Promise<void> {
  const { connection, channel } = subscription;
  const request: JoinRequest = {
    mode: channel.mode,
    since,
    rewind,
    maxReplay: context.maxReplay,
  };
  try {
    await context.wanted(channel.name);
    // Without it events may not arrive here any more, and others would share a page that is not kept up to date.
    if (isOver(subscription)) return;
    let page = await readToFollow(context, subscription, request);
    if (page && channel.def.presence) {
      await arrive(context, subscription);
      page = await readToFollow(context, subscription, request, page);
    }
    if (page === undefined) return;
    context.fanOut.settle(channel.name);
    forgetChannel(connection.outbox, channel.name);
    subscription.pace?.forget();
    if (begin(context, subscription, page, request, id) === "overflow") {
      context.onOverflow(connection);
    }
    context.turn.touch(connection.outbox);
  } catch (error) {
    if (context.subscriptions.get(connection, channel.name) === subscription) {
      context.subscriptions.remove(connection, channel.name);
    }
    throw error;
  }
}

/** The page the reader begins with; what is delivered from here on follows it. `undefined` when it is over. */
async function readToFollow(
  context: HandlerContext,
  subscription: Subscription,
  request: JoinRequest,
  known?: HistoryPage,
): Promise<HistoryPage | undefined> {
  const { channel } = subscription;
  let page = known;
  while (!isOver(subscription)) {
    page ??= await readForJoin(context.joinReads, channel.name, request);
    if (isOver(subscription)) break;
    const again = context.follow(channel, page);
    if (!again) return page;
    await again;
    page = undefined;
  }
  return undefined;
}

/** Whether there is nobody left to answer. One whom the server turned out meanwhile is refused, with the reason. */
function isOver({ stage, channel }: Subscription): boolean {
  if (stage.is !== "ended") return false;
  const { reason: message } = stage;
  if (message === undefined) return true;
  throw new Refused({ code: "forbidden", channel: channel.name, message });
}

/**
 * Answers, replays and goes live, in one go: whatever the interleaving, an event is either in the page or among
 * those held. A replay that is more than the reader takes at once is gone on with later.
 */
function begin(
  context: HandlerContext,
  subscription: Subscription,
  page: HistoryPage,
  request: JoinRequest,
  id: string | undefined,
): Accepted {
  const entries = entriesFor(subscription, page);
  const held = heldSince(subscription, page); // before anything is said, for a view may throw
  const answer = announce(subscription, page, entries, request, id);
  if (answer.accepted === "overflow") return "overflow";
  context.onJoined?.(answer.recovery);
  if (answer.send !== "replay") return goLive(subscription, page, held);
  const sent = sendSome(subscription, entries);
  if (sent === entries.length) return goLive(subscription, page, held);
  const position = entries[sent - 1]?.offset ?? request.since?.offset ?? 0;
  void goOn(context, subscription, page.epoch, position);
  return "accepted";
}

/** The rest of a long replay. Whoever cannot be given it comes back and is told what became of it. */
async function goOn(
  context: HandlerContext,
  subscription: Subscription,
  epoch: string,
  position: number,
): Promise<void> {
  const { history, turn, fanOut, onOverflow, onReaderFailed } = context;
  const { connection, channel } = subscription;
  try {
    const parts = { history, touch: turn.touch };
    let end = await replayOn(parts, subscription, epoch, position);
    while (typeof end === "object") {
      const again = context.follow(channel, end);
      if (!again) break;
      await again;
      end = await replayOn(parts, subscription, epoch, end.offset);
    }
    if (end === "gone" || subscription.stage.is !== "joining") return;
    fanOut.settle(channel.name);
    const held = end === "overtaken" ? [] : heldSince(subscription, end);
    const accepted = end === "overtaken" ? "overflow" : goLive(subscription, end, held);
    if (accepted === "overflow") onOverflow(connection);
    turn.touch(connection.outbox);
  } catch (error) {
    if (error instanceof ViewFailedError || error instanceof UnwritableError) {
      onReaderFailed(subscription, error); // would fail again, whenever it comes back
    } else onOverflow(connection); // a store that failed: the next subscribe is told
  }
}

/** Leaves a channel. Leaving one the client is not on is answered the same: the outcome is what it wanted. */
export const unsubscribe: Handler<"unsubscribe"> = async (context, connection, message) => {
  context.fanOut.settle(message.channel);
  const subscription = context.subscriptions.remove(connection, message.channel);
  forgetChannel(connection.outbox, message.channel);
  if (subscription?.channel.def.presence) {
    await context.presence.leave(message.channel, connection.id);
  }
  return {
    type: "unsubscribed",
    ...(message.id !== undefined && { id: message.id }),
    channel: message.channel,
  };
};

async function arrive(context: HandlerContext, subscription: Subscription): Promise<void> {
  const { connection, channel } = subscription;
  const userId = principalOf(connection)?.userId;
  await context.presence.join(channel.name, {
    clientId: connection.id,
    ...(userId !== undefined && { userId }),
    since: context.clock.now(),
  });
  // The connection may have gone while that was written; its leaving came first and found nothing.
  if (subscription.stage.is === "ended") await context.presence.leave(channel.name, connection.id);
}
