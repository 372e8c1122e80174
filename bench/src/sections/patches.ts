import { createServer } from "node:http";
import { defineContract, latest, log, table } from "@tocsin/protocol";
import { createHub } from "@tocsin/server-kit";
import { WebSocket } from "ws";
import { boardQuotes, indexQuotes, type Quote, quote } from "../data/quotes.js";
import { listening } from "../listening.js";
import { figure } from "../report.js";
import type { Part } from "./section.js";

const contract = defineContract({
  channels: {
    latest: latest("latest:{of}", quote),
    table: table("table:{of}", quote, { key: "symbol" }),
    log: log("log:{of}", quote, { history: { size: 10 } }),
  },
});

/** Real data over a real socket, in each mode: a log carries every event whole, the others what has changed. */
export const patches: Part = {
  name: "patches",
  title: "bytes of a replay of real data, by mode",
  async run({ quick }) {
    const hub = createHub({ contract });
    const server = createServer();
    hub.attach(server);
    const port = await listening(server);
    const data = { index: indexQuotes(quick ? 250 : 2_500), board: boardQuotes() };
    const rows = [];
    for (const [of, quotes] of Object.entries(data)) {
      const { log, ...others } = {
        log: await replayed(contract.log({ of }), quotes),
        latest: await replayed(contract.latest({ of }), quotes),
        table: await replayed(contract.table({ of }), quotes),
      };
      rows.push({ of, mode: "log", ...log, saved: 0 });
      for (const [mode, found] of Object.entries(others)) {
        rows.push({ of, mode, ...found, saved: 1 - found.bytes / log.bytes });
      }
    }
    await hub.close({ drainWithin: "100ms" });
    server.close(); // after the hub, whose timers keep no process alive
    return {
      rows,
      tables: [
        {
          head: ["data", "mode", "events", "bytes/event", "patches", "saved"],
          rows: rows.map(({ of, mode, events, bytes, patched, saved }) => [
            of,
            mode,
            events.toLocaleString("en"),
            figure(bytes),
            `${Math.round((100 * patched) / events)}%`,
            `${Math.round(100 * saved)}%`,
          ]),
        },
      ],
      notes: [
        "index: one symbol, most figures of a quote change with each. board: five symbols in turn, so the channel's last " +
          "value is another symbol's: rows of a table have their own.",
      ],
    };

    /** Publishes one by one, so that nothing can be conflated, and adds up what one reader gets. */
    async function replayed(
      ref: ReturnType<(typeof contract)["latest" | "log" | "table"]>,
      quotes: readonly Quote[],
    ) {
      const socket = new WebSocket(`ws://127.0.0.1:${port}/ws`);
      const got = { events: 0, bytes: 0, patched: 0 };
      let heard = () => {};
      let subscribed = false;
      socket.on("message", (frame) => {
        const text = String(frame);
        const { type } = JSON.parse(text);
        if (type === "subscribed") subscribed = true;
        else if (type === "event" || type === "patch") {
          got.events += 1;
          got.bytes += Buffer.byteLength(text);
          if (type === "patch") got.patched += 1;
        }
        heard();
      });
      const until = async (done: () => boolean) => {
        while (!done()) await new Promise<void>((resolve) => (heard = resolve));
      };
      socket.on("open", () =>
        socket.send(JSON.stringify({ type: "subscribe", channel: ref.name })),
      );
      await until(() => subscribed);
      for (const one of quotes) {
        const before = got.events;
        await hub.publish(ref, one);
        await until(() => got.events > before);
      }
      socket.terminate();
      return { ...got, bytes: got.bytes / got.events };
    }
  },
};
