import { type MethodHandlersOf, Refused } from "@tocsin/server-kit";
import type { AlertService } from "@tocsin/server-kit/alerts";
import type { market, ServiceStatus } from "@tocsin-example/alert-contract";
import type { Publishing, Replay } from "./context.js";

/** What the methods of the contract act upon. */
export interface MethodParts {
  readonly service: Pick<AlertService, "start" | "stop" | "seek">;
  readonly replay: Replay | undefined;
  readonly publishing: Pick<Publishing, "flush">;
  readonly status: () => ServiceStatus;
}

/** The methods of the contract; the parts are asked for when a method is called, as the hub is made before them. */
export function methodHandlers(parts: () => MethodParts): MethodHandlersOf<typeof market> {
  async function told(): Promise<ServiceStatus> {
    const { publishing, status } = parts();
    await publishing.flush();
    return status();
  }

  function steered(): Replay {
    const { replay } = parts();
    if (replay) return replay;
    throw new Refused({
      code: "unsupported",
      message: "the prices are live; there is nothing to play faster or again",
    });
  }

  return {
    async setRunning({ running }) {
      const { service } = parts();
      if (running) service.start();
      else await service.stop();
      return told();
    },
    async setSpeed({ speed }) {
      steered().playback.setSpeed(speed);
      return told();
    },
    async seek({ position }) {
      const { from, to } = steered().range;
      if (position < from || position > to) {
        throw new Refused({
          code: "invalid-params",
          message: `"params.position" must lie from ${from} to ${to}`,
          details: { field: "params.position" },
        });
      }
      await parts().service.seek(position);
      return told();
    },
  };
}
