/** What is read of a CPU profile of V8. */
export interface CpuProfile {
  readonly nodes: readonly ProfileNode[];
  /** The node that was on top at each sample. */
  readonly samples?: readonly number[];
  /** Microseconds before each of them. */
  readonly timeDeltas?: readonly number[];
}

/** One function, called in one way. */
export interface ProfileNode {
  readonly id: number;
  readonly callFrame: CallFrame;
}

/** Where a function stands; lines and columns count from 0. */
export interface CallFrame {
  readonly functionName: string;
  readonly url: string;
  readonly lineNumber: number;
  readonly columnNumber: number;
}

/** Says which source a place in a built file comes from; `undefined` where it is not a built file. */
export type SourceOf = (frame: CallFrame) => string | undefined;

/** Time of one part, as a share of the time that anything was done. */
export interface Share {
  readonly part: string;
  readonly share: number;
}

/** Nothing was done, or the profiler was started. */
const NOT_COUNTED = new Set(["(idle)", "(root)", "dispatch"]);
const WRITES =
  /^(write(Buffer|v|Utf8String|Latin1String|AsciiString|UcsString|Sync)?|writeBuffers?)$/;

/** The part of the server that a function belongs to. */
export function partOf(frame: CallFrame, sourceOf: SourceOf): string {
  const { functionName, url } = frame;
  if (functionName === "(garbage collector)") return "garbage collection";
  if (functionName === "(program)") return "native code and kernel, other than writes";
  if (url === "") return WRITES.test(functionName) ? "writes: system calls" : "engine built-ins";
  if (url.startsWith("node:")) return "Node: streams, sockets, timers";
  const source = sourceOf(frame) ?? url;
  const own = /(?:packages|@tocsin)\/(server-kit|protocol)\/(?:src|dist)\/([^/]+)(\/)?/.exec(
    source,
  );
  if (own) return own[3] ? `${own[1]}: ${own[2]}/` : `${own[1]}: other`;
  const library = /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(source);
  if (library) return `library: ${library[1]}`;
  return "the bench itself";
}

/** Adds up a profile by part, largest first. Time in which nothing was done does not count. */
export function summarise(profile: CpuProfile, sourceOf: SourceOf): readonly Share[] {
  const frames = new Map(profile.nodes.map(({ id, callFrame }) => [id, callFrame]));
  const parts = new Map<number, string>();
  const times = new Map<string, number>();
  let whole = 0;
  for (const [n, id] of (profile.samples ?? []).entries()) {
    const frame = frames.get(id);
    if (!frame || NOT_COUNTED.has(frame.functionName)) continue;
    const part = parts.get(id) ?? partOf(frame, sourceOf);
    parts.set(id, part);
    const us = profile.timeDeltas?.[n] ?? 0;
    times.set(part, (times.get(part) ?? 0) + us);
    whole += us;
  }
  return [...times]
    .map(([part, us]) => ({ part, share: us / whole }))
    .sort((a, b) => b.share - a.share);
}

/** Shares of several profiles side by side, in the order of the largest; small ones are added up. */
export function sideBySide(
  profiles: readonly (readonly Share[])[],
  least: number,
): readonly { readonly part: string; readonly shares: readonly number[] }[] {
  const of = (shares: readonly Share[], part: string) =>
    shares.find((one) => one.part === part)?.share ?? 0;
  const names = [...new Set(profiles.flatMap((shares) => shares.map(({ part }) => part)))];
  const rows = names
    .map((part) => ({ part, shares: profiles.map((shares) => of(shares, part)) }))
    .sort((a, b) => Math.max(...b.shares) - Math.max(...a.shares));
  const large = rows.filter(({ shares }) => Math.max(...shares) >= least);
  const small = rows.filter((row) => !large.includes(row));
  if (small.length === 0) return large;
  const rest = profiles.map((_, n) => small.reduce((sum, row) => sum + (row.shares[n] ?? 0), 0));
  return [...large, { part: "everything else", shares: rest }];
}
