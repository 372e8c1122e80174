import { defineContract, log } from "@tocsin/protocol";
import { createHub, type Hub } from "@tocsin/server-kit";
import { fakeClient, settled } from "@tocsin/server-kit/testing";
import { expect, it } from "vitest";
import { z } from "zod";

const market = defineContract({
  channels: {
    alerts: log("alerts:{userId}", z.object({ n: z.number() }), { history: { size: 3 } }),
  },
});
const inbox = market.alerts({ userId: "ada" });

async function publish(hub: Hub, from: number, to: number): Promise<void> {
  for (let n = from; n <= to; n += 1) await hub.publish(inbox, { n });
}

/** Subscribes on a new connection and tells what came of the past. */
async function comeBack(hub: Hub, since?: { epoch: string; offset: number }) {
  const phone = await fakeClient(hub.gate);
  phone.receive({ type: "subscribe", channel: inbox.name, ...(since && { since }) });
  await settled();
  const answer = phone.sent.find((message) => message.type === "subscribed");
  const replayed = phone.sent.flatMap((message) =>
    message.type === "event" && message.replayed ? [message.offset] : [],
  );
  phone.hangUp();
  const { epoch = "", offset, recovery, gap } = answer ?? {};
  return { epoch, told: { offset, recovery, ...(gap && { gap }), replayed } };
}

it("goes as the worked timeline of the guide says", async () => {
  await using hub = createHub({ contract: market });
  await publish(hub, 1, 7);
  const { epoch, told } = await comeBack(hub);
  expect(told).toEqual({ offset: 7, recovery: "fresh", replayed: [] });

  await publish(hub, 8, 9);
  const tunnel = await comeBack(hub, { epoch, offset: 8 });
  expect(tunnel.told).toEqual({ offset: 9, recovery: "recovered", replayed: [9] });

  const quiet = await comeBack(hub, { epoch, offset: 9 });
  expect(quiet.told).toEqual({ offset: 9, recovery: "nothing-missed", replayed: [] });

  await publish(hub, 10, 14);
  const long = await comeBack(hub, { epoch, offset: 9 });
  expect(long.told).toMatchObject({
    recovery: "gap",
    gap: { from: 10, to: 14, reason: "expired" },
    replayed: [],
  });

  await using restarted = createHub({ contract: market });
  const before = await comeBack(restarted, { epoch, offset: 15 });
  expect(before.told).toMatchObject({ gap: { from: 1, to: 0, reason: "epoch-changed" } });
  await publish(restarted, 1, 2);
  const after = await comeBack(restarted, { epoch, offset: 15 });
  expect(after.told).toMatchObject({ gap: { from: 1, to: 2, reason: "epoch-changed" } });
});
