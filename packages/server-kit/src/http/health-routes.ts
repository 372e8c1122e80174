import type { Clock } from "../clock.js";
import type { Hub } from "../hub/hub.js";
import type { HttpRoute } from "./http-route.js";
import { reply } from "./reply.js";

/** Says whether something the hub depends on is well, such as a store or the age of a feed. Throwing means no. */
export type ReadinessCheck = () => boolean | Promise<boolean>;

/** Settings of {@link healthRoutes}. */
export interface HealthRouteOptions {
  readonly checks: Readonly<Record<string, ReadinessCheck>>;
  /** How long a check may take, in milliseconds. One that takes longer has failed. */
  readonly checkTimeoutMs: number;
  readonly clock: Clock;
}

/**
 * `GET /livez`: 200 while the process can answer at all. `GET /readyz`: 200 when it should get traffic, 503 while
 * it drains, its broker is away or a check fails; the body says which.
 */
export function healthRoutes(
  hub: Pick<Hub, "health">,
  { checks, checkTimeoutMs, clock }: HealthRouteOptions,
): readonly HttpRoute[] {
  const run = async (check: ReadinessCheck): Promise<boolean> => {
    let cancel = () => {};
    const late = new Promise<boolean>((resolve) => {
      cancel = clock.after(checkTimeoutMs, () => resolve(false));
    });
    try {
      return await Promise.race([Promise.resolve().then(check), late]);
    } catch {
      return false;
    } finally {
      cancel();
    }
  };
  return [
    { method: "get", path: "/livez", handle: async () => reply(200, { ok: true }) },
    {
      method: "get",
      path: "/readyz",
      async handle() {
        const { ok, draining, broker } = hub.health();
        const results = await Promise.all(
          Object.entries(checks).map(async ([name, check]) => [name, await run(check)] as const),
        );
        const ready = ok && results.every(([, passed]) => passed);
        return reply(ready ? 200 : 503, {
          ok: ready,
          draining,
          broker,
          checks: Object.fromEntries(results),
        });
      },
    },
  ];
}
