import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { defineContract, log } from "@tocsin/protocol";
import { Registry } from "prom-client";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { createHub } from "../hub/create-hub.js";
import { fakeClient, settled } from "../testing/fake-client.js";
import {
  ALERT_METRIC_NAMES,
  alertMetrics,
  HUB_METRIC_NAMES,
  hubMetrics,
  metricsHandler,
} from "./index.js";

const contract = defineContract({
  channels: { journal: log("journal:{name}", z.object({ n: z.number() })) },
});

const docs = (path: string) =>
  readFileSync(fileURLToPath(new URL(`../../../../docs/${path}`, import.meta.url)), "utf8");

const service = {
  status: () => ({
    running: true,
    speed: 1,
    marketTime: 5,
    ticks: 7,
    fired: 3,
    suppressed: 2,
    ended: false,
  }),
  health: () => ({
    ok: true,
    source: { running: true, lastTickAt: 1_000, stale: ["X"] },
    backlog: 4,
    monitors: 9,
  }),
};

describe("metrics", () => {
  it("say what a hub did, at the moment of the scrape", async () => {
    const registry = new Registry();
    await using hub = createHub({ contract });
    hubMetrics(hub, { registry });
    const reader = await fakeClient(hub.gate);
    reader.receive({ type: "subscribe", channel: "journal:a" });
    reader.receive({ type: "nonsense" });
    await settled();
    await hub.publish(contract.journal({ name: "a" }), { n: 1 }, { key: "k" });
    await hub.publish(contract.journal({ name: "a" }), { n: 1 }, { key: "k" });
    await settled();
    await new Promise((resolve) => setTimeout(resolve, 60));
    const text = await registry.metrics();
    for (const line of [
      "tocsin_connections 1",
      "tocsin_subscriptions 1",
      "tocsin_connections_opened_total 1",
      "tocsin_events_published_total 1",
      "tocsin_events_delivered_total 1",
      "tocsin_dedup_hits_total 1",
      'tocsin_recoveries_total{outcome="fresh"} 1',
      "tocsin_broker_up 1",
      "tocsin_draining 0",
    ]) {
      expect(text).toContain(`${line}\n`);
    }
    expect(text).toMatch(/tocsin_rejected_total\{stage="message",reason="[\w-]+"\} 1/);
  });

  it("count on where they were: a second scrape does not add the first", async () => {
    const registry = new Registry();
    alertMetrics(service, { registry, now: () => 3_500 });
    await registry.metrics();
    const text = await registry.metrics();
    expect(text).toContain("tocsin_alerts_fired_total 3\n");
    expect(text).toContain("tocsin_alerts_suppressed_total 2\n");
    expect(text).toContain("tocsin_feed_age_seconds 2.5\n");
    expect(text).toContain("tocsin_feed_stale_symbols 1\n");
  });

  it("are answered over HTTP in the format of Prometheus", async () => {
    const registry = new Registry();
    alertMetrics(service, { registry });
    const server = createServer(metricsHandler(registry));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const answer = await fetch(`http://127.0.0.1:${port}/metrics`);
    expect(answer.headers.get("content-type")).toMatch(/^text\/plain/);
    expect(await answer.text()).toContain("tocsin_alert_monitors 9");
    await new Promise((resolve) => server.close(resolve));
  });

  it("are all documented, and dashboards and alert rules use none that is not exported", () => {
    const names = [...HUB_METRIC_NAMES, ...ALERT_METRIC_NAMES].map((name) => `tocsin_${name}`);
    const guide = docs("1.guide/10.operations.md");
    for (const name of names) expect(guide).toContain(`\`${name}\``);
    const used = [docs("operations/grafana.json"), docs("operations/alert-rules.yml")].join("\n");
    for (const [name] of used.matchAll(/\btocsin_[a-z_]+/g)) expect(names).toContain(name);
  });
});
