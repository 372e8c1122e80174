import { defineContract, log } from "@tocsin/protocol";
import { alertNotification } from "@tocsin/protocol/alerts";
import { describe, expect, it } from "vitest";
import { monitorOf, NOON, takeProfit, triggerOf } from "../../test/support/alerts.js";
import { createHub } from "../hub/create-hub.js";
import { hubPublisher } from "./hub-publisher.js";
import { notificationOf } from "./notification.js";

const contract = defineContract({
  channels: { alerts: log("alerts:{userId}", alertNotification) },
});
const notification = notificationOf(
  triggerOf(monitorOf([takeProfit(105)]), takeProfit(105), NOON),
  1,
  0,
);

describe("hubPublisher", () => {
  it("publishes a notification once and finds it again in its owner's inbox", async () => {
    await using hub = createHub({ contract });
    const publisher = hubPublisher(hub);
    const ada = contract.alerts({ userId: "ada" });
    expect(await publisher.held?.(ada)).toEqual(new Set());
    await publisher.publish(ada, notification, { key: notification.id });
    await publisher.publish(ada, notification, { key: notification.id });
    expect((await hub.read(ada)).entries).toMatchObject([{ offset: 1, data: notification }]);
    expect(await publisher.held?.(ada)).toEqual(new Set([notification.id]));
    expect(await publisher.held?.(contract.alerts({ userId: "bob" }))).toEqual(new Set());
  });
});
