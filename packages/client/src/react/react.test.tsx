// @vitest-environment happy-dom
import { act, type ReactNode, StrictMode } from "react";
import { createRoot, type Root } from "react-dom/client";
import { renderToString } from "react-dom/server";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { alerts, book, event, market, price, setup } from "../../test/support/harness.js";
import {
  ConnectionIndicator,
  type IndicatorInfo,
  TocsinProvider,
  useCall,
  useConnection,
  useLatest,
  useLog,
  useTable,
} from "./index.js";

let root: Root;
let page: HTMLElement;

beforeEach(() => {
  vi.stubGlobal("IS_REACT_ACT_ENVIRONMENT", true);
  page = document.createElement("div");
  root = createRoot(page);
});
afterEach(async () => {
  await act(async () => root.unmount());
  vi.unstubAllGlobals();
});

/** A world whose components re-render when a frame is painted. */
function world() {
  const all = setup();
  return {
    ...all,
    render: (node: ReactNode) =>
      act(async () => root.render(<TocsinProvider client={all.client}>{node}</TocsinProvider>)),
    /** Does something and waits for the next frame. */
    frame: (work: () => void) =>
      act(async () => {
        work();
        await new Promise((resolve) => setTimeout(resolve, 40));
      }),
  };
}

function Price({ code }: { readonly code: string | null }) {
  // inline on purpose: a new ref object on each render
  const { value, status } = useLatest(code === null ? null : market.price({ code }));
  return <p>{`${status} ${value?.last ?? "-"}`}</p>;
}

describe("useLatest", () => {
  test("shows the newest value, once a frame, and says when it is stale", async () => {
    const { server, render, frame, subscribed } = world();
    await render(<Price code="A" />);
    expect(page.textContent).toBe("connecting -");
    await frame(() => {
      server.welcome();
      subscribed(price.name, { offset: 1, snapshot: { last: 1 } });
      for (let n = 2; n < 50; n += 1) server.send(event(price.name, n, { last: n }));
    });
    expect(page.textContent).toBe("live 49");
    await frame(() => server.socket.close());
    expect(page.textContent).toBe("stale 49");
  });

  test("does not subscribe again for a new ref object with the same name, and does for another name", async () => {
    const { server, render, frame, live } = world();
    await live();
    for (let n = 0; n < 3; n += 1) await render(<Price code="A" />);
    expect(server.socket.of("subscribe").map((m) => m.channel)).toEqual(["stock:A"]);
    await render(<Price code="B" />);
    await frame(() => {});
    expect(server.socket.of("subscribe").map((m) => m.channel)).toEqual(["stock:A", "stock:B"]);
    expect(server.socket.of("unsubscribe").map((m) => m.channel)).toEqual(["stock:A"]);
  });

  test("is idle without a ref, and leaves its channel when the ref goes away", async () => {
    const { server, render, live } = world();
    await live();
    await render(<Price code={null} />);
    expect(page.textContent).toBe("idle -");
    await render(<Price code="A" />);
    await render(<Price code={null} />);
    expect(server.socket.of("unsubscribe")).toHaveLength(1);
  });

  test("under StrictMode has one socket and one subscribe (E26)", async () => {
    const { server, render, client } = world();
    await render(
      <StrictMode>
        <Price code="A" />
      </StrictMode>,
    );
    await act(async () => server.welcome());
    expect(server.sockets).toHaveLength(1);
    expect(server.socket.received.map((m) => m.type)).toEqual(["subscribe"]);
    expect(client.state.status).toBe("live");
  });

  test("in many components shares one subscription, and a page change does not end it", async () => {
    const { server, render, live, frame, subscribed } = world();
    await live();
    await render([<Price code="A" key={1} />, <Price code="A" key={2} />]);
    await frame(() => subscribed(price.name, { offset: 1, snapshot: { last: 5 } }));
    expect(page.textContent).toBe("live 5live 5");
    await render(
      <div>
        <Price code="A" />
      </div>,
    );
    await frame(() => {});
    expect(page.textContent).toBe("live 5");
    expect(server.socket.received.map((m) => m.type)).toEqual(["subscribe"]);
  });

  test("renders on a server without connecting", () => {
    const { client, server } = setup();
    const html = renderToString(
      <TocsinProvider client={client}>
        <Price code="A" />
      </TocsinProvider>,
    );
    expect(html).toBe("<p>connecting -</p>");
    expect(server.sockets).toHaveLength(0);
  });

  test("shows why a subscription was refused", async () => {
    const { server, render, live, frame } = world();
    await live();
    await render(<Price code="A" />);
    const [asked] = server.socket.of("subscribe");
    await frame(() =>
      server.send({ type: "error", id: asked?.id ?? "", code: "forbidden", message: "no" }),
    );
    expect(page.textContent).toBe("error -");
  });
});

function Book({ min }: { readonly min: number }) {
  const { rows, status } = useTable(book, { params: { min } });
  return <p>{`${status} ${[...rows.values()].map((r) => r.id + r.size)}`}</p>;
}

describe("useTable", () => {
  test("shows the rows, and a new filter replaces the old subscription without a conflict", async () => {
    const { server, render, live, frame, subscribed } = world();
    await live();
    await render(<Book min={1} />);
    await frame(() => {
      subscribed(book.name, { offset: 1, snapshot: [{ id: "a", size: 1 }] });
      server.send(event(book.name, 2, { id: "b", size: 2 }, { key: "b" }));
      server.send(event(book.name, 3, null, { key: "a", removed: true }));
    });
    expect(page.textContent).toBe("live b2");
    await render(<Book min={5} />);
    await frame(() => subscribed(book.name, { offset: 3, snapshot: [] }));
    expect(page.textContent).toBe("live ");
    expect(server.socket.received.map((m) => m.type)).toEqual([
      "subscribe",
      "unsubscribe",
      "subscribe",
    ]);
  });
});

function Alerts() {
  const { events, gap } = useLog(alerts, { rewind: 2, limit: 3 });
  return <p>{`${events.map((e) => e.data.n)} ${gap ? "gap" : ""}`}</p>;
}

describe("useLog", () => {
  test("keeps the newest events without skipping any, and tells of a gap", async () => {
    const { server, render, live, frame, subscribed, reconnect } = world();
    await live();
    await render(<Alerts />);
    expect(server.socket.of("subscribe")[0]?.rewind).toBe(2);
    await frame(() => {
      subscribed(alerts.name, {
        offset: 2,
        snapshot: [
          { offset: 1, data: { n: 1 }, timestamp: 1 },
          { offset: 2, data: { n: 2 }, timestamp: 1 },
        ],
      });
      server.send(event(alerts.name, 3, { n: 3 }), event(alerts.name, 4, { n: 4 }));
    });
    expect(page.textContent).toBe("2,3,4 ");
    await act(() => reconnect());
    await frame(() =>
      subscribed(alerts.name, {
        offset: 9,
        recovery: "gap",
        gap: { from: 5, to: 9, reason: "expired" },
      }),
    );
    expect(page.textContent).toBe("2,3,4 gap");
  });
});

describe("useConnection and ConnectionIndicator", () => {
  test("tell the state, the attempt, the countdown and the gaps", async () => {
    const { server, render, frame, client } = world();
    const seen: IndicatorInfo[] = [];
    const status: string[] = [];
    function Status() {
      status.push(useConnection().status);
      return null;
    }
    await render(
      <>
        <Status />
        <ConnectionIndicator>
          {(info) => {
            seen.push(info);
            return <b>{info.status}</b>;
          }}
        </ConnectionIndicator>
      </>,
    );
    expect(page.textContent).toBe("idle");
    await frame(() => void client.connect());
    await frame(() => server.welcome());
    expect(page.textContent).toBe("live");
    await frame(() => server.socket.close());
    expect(page.textContent).toBe("waiting");
    expect(seen.at(-1)).toMatchObject({ attempt: 1, gaps: 0, secondsToRetry: expect.any(Number) });
    expect(status.at(-1)).toBe("waiting");
  });
});

function Ack() {
  const { call, pending, data, error } = useCall("acknowledge", market);
  const text = error?.name ?? (pending ? "pending" : (data?.at ?? "idle"));
  return (
    <button type="button" onClick={() => call({ id: "x" }).catch(() => {})}>
      {text}
    </button>
  );
}

describe("useCall", () => {
  test("goes from pending to data or error", async () => {
    const { server, render, live, frame } = world();
    await live();
    await render(
      <StrictMode>
        <Ack />
      </StrictMode>,
    );
    const click = () => page.querySelector("button")?.click();
    await frame(click);
    expect(page.textContent).toBe("pending");
    await frame(() =>
      server.send({
        type: "result",
        id: server.socket.of("call")[0]?.id ?? "",
        data: { at: 7 },
      }),
    );
    expect(page.textContent).toBe("7");
    await frame(click);
    await frame(() => server.socket.close());
    expect(page.textContent).toBe("ConnectionClosedError");
  });
});

test("a hook without a provider says what is missing", () => {
  expect(() => renderToString(<Price code="A" />)).toThrow("TocsinProvider");
});
