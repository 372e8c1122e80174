import { describe, expectTypeOf, test } from "vitest";
import { alerts, book, market, price, typing } from "../test/support/harness.js";
import {
  type ConnectionState,
  createClient,
  type EventMeta,
  type Recovery,
  type TableChange,
} from "./index.js";
import { useCall, useLatest, useLog, useTable } from "./react/index.js";

interface Quote {
  last: number;
  name?: string | undefined;
}
interface Row {
  id: string;
  size: number;
}

const client = createClient({ url: "ws://x", contract: market });

describe("a subscription", () => {
  test("of a latest channel has the payload in events, loops and value", () => {
    const sub = client.subscribe(price, { maxRate: 2 });
    sub.on("event", (quote, meta) => {
      expectTypeOf(quote).toEqualTypeOf<Quote>();
      expectTypeOf(meta).toEqualTypeOf<EventMeta>();
    });
    sub.on("recovery", (recovery) => {
      expectTypeOf(recovery).toEqualTypeOf<Recovery>();
      if (recovery.outcome === "gap") expectTypeOf(recovery.from).toBeNumber();
      // @ts-expect-error only a gap has bounds
      else recovery.from;
    });
    expectTypeOf(sub.value).toEqualTypeOf<Quote | undefined>();
    expectTypeOf(sub).not.toHaveProperty("rows");
    async () => {
      for await (const quote of sub) expectTypeOf(quote).toEqualTypeOf<Quote>();
    };
  });

  test("of a table has changes and rows", () => {
    const sub = client.subscribe(book, { params: { min: 3 } });
    sub.on("event", (change) => {
      expectTypeOf(change).toEqualTypeOf<TableChange<Row>>();
      if (change.type === "set") expectTypeOf(change.row).toEqualTypeOf<Row>();
    });
    expectTypeOf(sub.rows).toEqualTypeOf<ReadonlyMap<string, Row>>();
    expectTypeOf(sub).not.toHaveProperty("value");
  });

  test("of a log or signal has neither", () => {
    const sub = client.subscribe(alerts, { rewind: 5, since: { epoch: "e", offset: 1 } });
    sub.on("event", (alert) => expectTypeOf(alert).toEqualTypeOf<{ n: number }>());
    expectTypeOf(sub).not.toHaveProperty("value");
    expectTypeOf(client.subscribe(typing)).not.toHaveProperty("rows");
  });

  test("takes only the options of its mode and its own params", () => {
    // @ts-expect-error a value has no past to rewind
    client.subscribe(price, { rewind: 5 });
    // @ts-expect-error min is a number
    client.subscribe(book, { params: { min: "3" } });
    // @ts-expect-error this channel takes no params
    client.subscribe(price, { params: { min: 3 } });
    // @ts-expect-error there is no such event
    client.subscribe(price).on("message", () => {});
    // @ts-expect-error code is missing
    market.price({});
    // @ts-expect-error there is no such channel
    market.nothing;
  });
});

describe("requests", () => {
  test("publish takes the payload of the channel", () => {
    expectTypeOf(client.publish(alerts, { n: 1 })).resolves.toEqualTypeOf<{
      epoch: string;
      offset: number;
      readonly duplicate: boolean;
    }>;
    // @ts-expect-error n is a number
    client.publish(alerts, { n: "1" });
    // @ts-expect-error n is missing
    client.publish(alerts, {});
  });

  test("call knows the methods, their input and their output", () => {
    expectTypeOf(client.call("acknowledge", { id: "x" })).resolves.toEqualTypeOf<{ at: number }>();
    // @ts-expect-error there is no such method
    client.call("forget", { id: "x" });
    // @ts-expect-error id is a text
    client.call("acknowledge", { id: 1 });
  });

  test("history brings the payload", () => {
    expectTypeOf(client.history(alerts)).resolves.toHaveProperty("events");
    void client.history(alerts).then(({ events }) => {
      expectTypeOf(events[0]?.data).toEqualTypeOf<{ n: number } | undefined>();
    });
  });
});

test("the state says when the next attempt is only while there is one", () => {
  const { state } = client;
  expectTypeOf(state).toEqualTypeOf<ConnectionState>();
  if (state.status === "waiting") expectTypeOf(state.retryAt).toBeNumber();
  // @ts-expect-error not while connected
  if (state.status === "live") state.retryAt;
});

describe("hooks", () => {
  test("carry the payload", () => {
    expectTypeOf(useLatest(price).value).toEqualTypeOf<Quote | undefined>();
    expectTypeOf(useLatest(Math.random() > 2 ? price : null).value).toEqualTypeOf<
      Quote | undefined
    >();
    expectTypeOf(useTable(book).rows).toEqualTypeOf<ReadonlyMap<string, Row>>();
    expectTypeOf(useLog(alerts, { rewind: 3 }).events[0]?.data).toEqualTypeOf<
      { n: number } | undefined
    >();
  });

  test("are for one mode each", () => {
    // @ts-expect-error a log has no current value
    useLatest(alerts);
    // @ts-expect-error a value has no rows
    useTable(price);
    // @ts-expect-error a table is no log
    useLog(book);
  });

  test("useCall knows the methods of the contract it is given", () => {
    const { call, data } = useCall("acknowledge", market);
    expectTypeOf(call).parameter(0).toEqualTypeOf<{ id: string }>();
    expectTypeOf(data).toEqualTypeOf<{ at: number } | undefined>();
    // @ts-expect-error there is no such method
    useCall("forget", market);
  });
});
