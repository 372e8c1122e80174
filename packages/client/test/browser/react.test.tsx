import { defineContract, latest } from "@tocsin/protocol";
import { StrictMode } from "react";
import { expect, test } from "vitest";
import { render } from "vitest-browser-react";
import { z } from "zod";
import { createClient } from "../../src/index.js";
import { ConnectionIndicator, TocsinProvider, useLatest } from "../../src/react/index.js";
import { createFakeServer, type FakeSocket } from "../../src/testing/index.js";

const contract = defineContract({
  channels: { price: latest("stock:{code}", z.object({ last: z.number() })) },
});
const price = contract.price({ code: "A" });

function feed() {
  const server = createFakeServer({
    script: {
      subscribe: ({ id, channel }) => ({
        type: "subscribed",
        ...(id !== undefined && { id }),
        channel,
        mode: "latest",
        epoch: "e",
        offset: 1,
        recovery: "fresh",
        snapshot: { last: 1 },
      }),
    },
  });
  const client = createClient({
    url: "ws://tocsin.test/ws",
    contract,
    WebSocket: server.WebSocket,
    backoff: { baseMs: 20, maxMs: 50 },
  });
  return { server, client };
}

const publish = (socket: FakeSocket, offset: number) =>
  socket.send({
    type: "event",
    channel: price.name,
    offset,
    data: { last: offset },
    timestamp: Date.now(),
  });

test("a burst of events costs a handful of renders, and the last value is shown (C18)", async () => {
  const { server, client } = feed();
  let renders = 0;
  function Price() {
    const { value, status } = useLatest(price);
    renders += 1;
    return (
      <p data-testid="price">
        {status} {value?.last}
      </p>
    );
  }
  const screen = await render(
    <StrictMode>
      <TocsinProvider client={client}>
        <Price />
      </TocsinProvider>
    </StrictMode>,
  );
  await expect.element(screen.getByTestId("price")).toHaveTextContent("live 1");
  const before = renders;
  for (let offset = 2; offset <= 5_000; offset += 1) publish(server.socket, offset);
  await expect.element(screen.getByTestId("price")).toHaveTextContent("live 5000");
  expect(renders - before).toBeLessThanOrEqual(4);
  expect(server.sockets).toHaveLength(1);
  expect(server.socket.of("subscribe")).toHaveLength(1);
  await client.close();
});

test("a cut is shown as stale, and the page comes back by itself", async () => {
  const { server, client } = feed();
  function Price() {
    const { value, status, stale } = useLatest(price);
    return (
      <p data-testid="price">
        {status} {stale ? "stale" : "fresh"} {value?.last}
      </p>
    );
  }
  const screen = await render(
    <TocsinProvider client={client}>
      <Price />
      <ConnectionIndicator>
        {({ status }) => <b data-testid="line">{status}</b>}
      </ConnectionIndicator>
    </TocsinProvider>,
  );
  await expect.element(screen.getByTestId("price")).toHaveTextContent("live fresh 1");
  server.socket.close(4008, "too slow");
  await expect.element(screen.getByTestId("line")).toHaveTextContent("live");
  await expect.poll(() => server.sockets.length).toBe(2);
  await expect.element(screen.getByTestId("price")).toHaveTextContent("live fresh 1");
  await client.close();
});

test("the browser's own WebSocket is the default, and a server that is not there is a wait", async () => {
  const client = createClient({ url: "ws://127.0.0.1:9/ws", contract });
  const seen: string[] = [];
  client.on("state", ({ status }) => seen.push(status));
  client.subscribe(price);
  await expect.poll(() => seen).toEqual(["connecting", "waiting"]);
  expect(client.state).toMatchObject({ error: { name: "ConnectionClosedError", code: 1006 } });
  await client.close();
});

test("a page that becomes visible again probes its connection", async () => {
  const { server, client } = feed();
  await client.connect();
  document.dispatchEvent(new Event("visibilitychange"));
  window.dispatchEvent(new Event("online"));
  expect(server.socket.of("ping").length).toBeGreaterThan(0);
  await client.close();
});
