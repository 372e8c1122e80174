import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { alerts, setup } from "../../test/support/harness.js";
import { modelHub } from "../../test/support/model-hub.js";
import { settled } from "../testing/index.js";

// a busy machine takes its time over some hundred stories
vi.setConfig({ testTimeout: 60_000 });

type Move =
  | { readonly do: "publish" | "work" | "rest" | "cut" }
  | { readonly do: "deliver"; readonly count: number }
  | { readonly do: "subscribe"; readonly rewind: number | undefined }
  | { readonly do: "unsubscribe"; readonly which: number };

const move: fc.Arbitrary<Move> = fc.oneof(
  { weight: 6, arbitrary: fc.constant<Move>({ do: "publish" }) },
  { weight: 6, arbitrary: fc.constant<Move>({ do: "work" }) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant("deliver" as const),
      count: fc.integer({ min: 1, max: 4 }),
    }),
  },
  { weight: 2, arbitrary: fc.constant<Move>({ do: "rest" }) },
  { weight: 1, arbitrary: fc.constant<Move>({ do: "cut" }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("subscribe" as const),
      rewind: fc.option(fc.nat(4), { nil: undefined }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant("unsubscribe" as const), which: fc.nat(5) }),
  },
);

/** What one handle was told, in order. */
type Seen = { readonly n: number } | { readonly from: number; readonly to: number } | "fresh";

/** Each event follows the one before it, or a gap says which ones do not come. */
function isWhole(seen: readonly Seen[]): boolean {
  let last: number | undefined;
  return seen.every((item) => {
    if (item === "fresh") return last === undefined; // only once, at the beginning
    const first = "n" in item ? item.n : item.from;
    const follows = last === undefined || first === last + 1;
    last = "n" in item ? item.n : item.to;
    return follows;
  });
}

async function play(moves: readonly Move[], retention: number) {
  const { client, server, live, clock } = setup();
  await live();
  const hub = modelHub(server, retention);
  const handles: { readonly seen: Seen[]; leave: (() => void) | undefined }[] = [];

  const subscribe = (rewind: number | undefined) => {
    const sub = client.subscribe(alerts, rewind === undefined ? {} : { rewind });
    const seen: Seen[] = [];
    sub.on("event", ({ n }) => seen.push({ n }));
    sub.on("recovery", (recovery) => {
      if (recovery.outcome === "gap") seen.push({ from: recovery.from, to: recovery.to });
      if (recovery.outcome === "fresh") seen.push("fresh");
    });
    handles.push({ seen, leave: sub.unsubscribe });
  };

  for (const step of moves) {
    switch (step.do) {
      case "subscribe":
        subscribe(step.rewind);
        break;
      case "unsubscribe":
        handles[step.which]?.leave?.();
        if (handles[step.which]) Object.assign(handles[step.which] ?? {}, { leave: undefined });
        break;
      case "cut": {
        const before = server.sockets.length;
        hub.cut();
        while (server.sockets.length === before) await clock.advance(500);
        server.welcome();
        break;
      }
      case "deliver":
        hub.deliver(step.count);
        break;
      case "rest":
        await settled();
        break;
      default:
        hub[step.do]();
    }
  }
  await hub.drain(settled);
  hub.publish();
  await hub.drain(settled);
  await client.close();
  return { hub, handles, server };
}

test.each([
  ["that keeps everything", 1_000_000],
  ["that keeps three events", 3],
])(
  "with a server %s every handle sees every event once and in order, or is told which it missed (F1, F2, F11)",
  async (_, retention) => {
    await fc.assert(
      fc.asyncProperty(fc.array(move, { maxLength: 80 }), async (moves) => {
        const { hub, handles } = await play(
          [{ do: "subscribe", rewind: undefined }, ...moves],
          retention,
        );
        for (const { seen, leave } of handles) {
          expect(isWhole(seen), JSON.stringify(seen)).toBe(true);
          if (retention > 1_000)
            expect(seen.some((item) => item !== "fresh" && "from" in item)).toBe(false);
          if (leave) expect(seen.at(-1)).toEqual({ n: hub.published });
        }
      }),
      { numRuns: 500 },
    );
  },
);
