import { serviceStatus } from "@tocsin-example/alert-contract";
import { z } from "zod";
import type { Context, Replay } from "../context.js";
import { type Operation, operation, Refusal } from "./operation.js";

const tag = "service";
const answers = { 200: serviceStatus };

/** The monitoring service: start, stop, speed, and where in the replay it is. */
export function serviceOperations(context: Context): readonly Operation[] {
  const { service, replay, publishing, status } = context;

  /** A live feed plays nothing that could be steered. */
  function steered(): Replay {
    if (replay) return replay;
    throw new Refusal(422, "live", "the prices are live; there is nothing to play faster or again");
  }

  async function told() {
    await publishing.flush();
    return { status: 200, body: status() };
  }

  return [
    operation({
      method: "get",
      path: "/api/service",
      tag,
      summary: "What the service is doing",
      answers,
      run: async () => ({ status: 200, body: status() }),
    }),
    operation({
      method: "post",
      path: "/api/service/start",
      tag,
      summary: "Let the market run",
      answers,
      async run() {
        service.start();
        return told();
      },
    }),
    operation({
      method: "post",
      path: "/api/service/stop",
      tag,
      summary: "Hold the market",
      answers,
      async run() {
        await service.stop();
        return told();
      },
    }),
    operation({
      method: "put",
      path: "/api/service/speed",
      tag,
      summary: "Market milliseconds in one real millisecond",
      body: z.object({ speed: z.number().min(1).max(1_000_000) }),
      answers,
      refusals: [422],
      async run({ body }) {
        steered().playback.setSpeed(body.speed);
        return told();
      },
    }),
    operation({
      method: "put",
      path: "/api/service/position",
      tag,
      summary: "Go to another market time of the replay",
      body: z.object({ position: z.number() }),
      answers,
      refusals: [422],
      async run({ body: { position } }) {
        const { from, to } = steered().range;
        if (position < from || position > to) {
          throw new Refusal(422, "out-of-range", `must lie from ${from} to ${to}`, "position");
        }
        await service.seek(position);
        return told();
      },
    }),
  ];
}
