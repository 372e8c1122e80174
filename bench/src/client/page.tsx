import { createClient } from "@tocsin/client";
import { TocsinProvider, useTable } from "@tocsin/client/react";
import { memo } from "react";
import { createRoot } from "react-dom/client";
import { contract, EVENTS_PER_REPORT, type Row } from "./contract.js";

/** What the bench asks of the page. */
export interface Page {
  /** Subscribes in one of the ways that are measured; resolves when events can come. */
  start(way: Way): Promise<void>;
  /** Resolves when so many events have come, those included that a newer one took the place of. */
  finished(events: number): Promise<number>;
}

/** A bare socket and `JSON.parse`; a handler of the client; the hook, with a row for each key. */
export type Way = "socket" | "handler" | "react";

declare global {
  interface Window {
    bench: Page;
  }
}

const url = `ws://${location.host}/ws`;
let seen = 0;
let sum = 0; // of something in each event, so that none can go unread
let reported = 0;
let report: (events: number) => void = () => {};
let woken = () => {};

function take(row: Row, skipped: number): void {
  seen += 1 + skipped;
  sum += row.price;
  if (seen - reported >= EVENTS_PER_REPORT) {
    reported = seen;
    report(seen);
  }
  woken();
}

const ways: { readonly [W in Way]: () => Promise<void> } = {
  socket: () =>
    new Promise((resolve) => {
      const socket = new WebSocket(url, ["tocsin.v1.json"]);
      let calls = 0;
      report = (events) => {
        calls += 1;
        const call = { type: "call", id: `c${calls}`, method: "got", params: { events } };
        socket.send(JSON.stringify(call));
      };
      socket.onopen = () => socket.send(JSON.stringify({ type: "subscribe", channel: "feed:all" }));
      socket.onmessage = ({ data }) => {
        const message = JSON.parse(data);
        if (message.type === "event") take(message.data, 0);
        else if (message.type === "subscribed") resolve();
      };
    }),
  handler: () =>
    new Promise((resolve) => {
      const client = createClient({ url, contract });
      report = (events) => void client.call("got", { events });
      const feed = client.subscribe(contract.feed({ of: "all" }));
      feed.on("recovery", () => resolve());
      feed.on("event", (row) => take(row, 0));
    }),
  react: () =>
    new Promise((resolve) => {
      const client = createClient({ url, contract });
      report = (events) => void client.call("got", { events });
      const board = client.subscribe(contract.board({ of: "all" }));
      board.on("recovery", () => resolve());
      board.on("event", (change, { conflated }) => {
        if (change.type === "set") take(change.row, conflated);
      });
      const root = document.getElementById("root");
      if (!root) throw new Error("a page without a root");
      createRoot(root).render(
        <TocsinProvider client={client}>
          <Board />
        </TocsinProvider>,
      );
    }),
};

window.bench = {
  async start(way) {
    await ways[way]();
    seen = 0;
    reported = 0;
  },
  async finished(events) {
    while (seen < events) {
      await new Promise<void>((resolve) => {
        woken = resolve;
      });
    }
    if (!Number.isFinite(sum)) throw new Error("an event without a price");
    // what the last events have changed is painted with the next frame
    await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
    return seen;
  },
};

function Board() {
  const { rows } = useTable(contract.board({ of: "all" }));
  return (
    <table>
      <tbody>
        {[...rows].map(([id, row]) => (
          <Line key={id} row={row} />
        ))}
      </tbody>
    </table>
  );
}

const Line = memo(function Line({ row }: { row: Row }) {
  return (
    <tr>
      <td>{row.id}</td>
      <td>{row.price}</td>
      <td>{row.change}</td>
      <td>{row.high}</td>
      <td>{row.low}</td>
      <td>{row.volume}</td>
    </tr>
  );
});
