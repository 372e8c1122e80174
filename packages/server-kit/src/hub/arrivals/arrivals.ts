import type { Position } from "@tocsin/protocol";
import type { ChannelEvent } from "../../store/event.js";
import type { HistoryPage, HistoryStore } from "../../store/history-store.js";
import { atATime } from "./at-a-time.js";
import type { ArrivalParts, Arrivals } from "./parts.js";
import { createRound } from "./round.js";
import { type Counted, noArrivals } from "./stats.js";
import { arrivalOf, moveTo, type Placed, placedAt, type Track, takeFollowing } from "./track.js";

/** An event that was overtaken has so long to come by itself. */
const LATE_MS = 25;
/** After a read that failed, or brought nothing. */
const RETRY_MS = 1_000;
/** So many entries are read at a time. */
const PIECE = 256;
/** So many events are held for a channel, and for all of them; what is above is read. */
const MAX_HELD = 64;
const MAX_HELD_ALL = 16_384;
/** So many reads run at a time: after an outage every channel wants one. */
const READS_AT_ONCE = 32;

/** Follows the channels that have readers here. */
export function createArrivals(parts: ArrivalParts): Arrivals {
  const { history, clock } = parts;
  const tracks = new Map<string, Track>();
  const counts: Counted = noArrivals();
  const inTurn = atATime(READS_AT_ONCE);
  let held = 0;
  let troubled = false;
  let stopped = false;
  const round = createRound({
    clock,
    everyMs: parts.checkEveryMs,
    channels: () => tracks,
    check: (track) => void check(track),
  });

  const isCurrent = (track: Placed) => !stopped && tracks.get(track.channel) === track;

  async function read(...query: Parameters<HistoryStore["read"]>): Promise<HistoryPage> {
    const page = await inTurn(() => history.read(...query));
    if (troubled) parts.onRecovered();
    troubled = false;
    return page;
  }

  function trouble(error: unknown, { channel }: Placed): void {
    if (!troubled) parts.onTrouble(error, channel);
    troubled = true;
  }

  function handOn(track: Placed, event: ChannelEvent): void {
    track.offset = event.offset;
    if (track.top < event.offset) track.top = event.offset;
    parts.handOn(event);
  }

  /** What was held and follows now. */
  function goOn(track: Placed): void {
    const before = track.held.size;
    for (const event of takeFollowing(track)) parts.handOn(event);
    held -= before - track.held.size;
    if (track.offset < track.top) fillIn(track, LATE_MS);
    else track.confirmedAt = clock.now();
  }

  function hold(track: Placed, event: ChannelEvent): void {
    track.top = Math.max(track.top, event.offset);
    if (track.held.size < MAX_HELD && held < MAX_HELD_ALL && !track.held.has(event.offset)) {
      track.held.set(event.offset, event);
      held += 1;
    }
    fillIn(track, LATE_MS);
  }

  function take(event: ChannelEvent): void {
    const { channel, mode } = event;
    if (mode === "signal") {
      parts.handOn(event);
      return;
    }
    const track = tracks.get(channel);
    if (track?.is !== "placed") {
      awaitPlace(event, track);
      return;
    }
    switch (arrivalOf(track, event)) {
      case "next":
        handOn(track, event);
        if (track.top > track.offset) goOn(track);
        else track.confirmedAt = clock.now();
        return;
      case "repeat":
        counts.repeated += 1;
        return;
      case "ahead":
        // A newer value takes the place of those that are missing.
        if (mode === "latest") skipTo(track, event);
        else hold(track, event);
        return;
      case "foreign":
        track.foreign =
          track.foreign?.epoch === event.epoch && track.foreign.offset > event.offset
            ? track.foreign
            : { epoch: event.epoch, offset: event.offset };
        void lookUp(track);
        return;
      default:
        return;
    }
  }

  /** Finds out whether another numbering has begun. */
  async function lookUp(track: Placed): Promise<void> {
    if (track.lookingUp) return;
    track.lookingUp = true;
    let waitMs = 0;
    try {
      await verify(track);
    } catch (error) {
      trouble(error, track);
      waitMs = RETRY_MS;
    }
    const again = () => {
      track.lookingUp = false;
      if (isCurrent(track) && track.foreign) void lookUp(track);
    };
    if (waitMs > 0) clock.after(waitMs, again);
    else again();
  }

  function awaitPlace(event: ChannelEvent, track: Exclude<Track, Placed> | undefined): void {
    if (track) {
      if (track.held.length < MAX_HELD) track.held.push(event);
      else track.beyond = event;
    } else if (parts.hasReaders(event.channel)) {
      tracks.set(event.channel, { is: "unplaced", held: [event], beyond: undefined });
    }
  }

  function skipTo(track: Placed, event: ChannelEvent): void {
    counts.superseded += event.offset - track.offset - 1;
    parts.onJump(track.channel);
    handOn(track, event);
    track.confirmedAt = clock.now();
  }

  function fillIn(track: Placed, ms: number): void {
    if (track.filling || !isCurrent(track)) return;
    track.filling = true;
    clock.after(ms, () => void fill(track));
  }

  /** Reads what is missing, piece by piece. */
  async function fill(track: Placed): Promise<void> {
    let waitMs: number | undefined;
    try {
      while (waitMs === undefined && isCurrent(track) && track.offset < track.top) {
        const { epoch, offset } = track;
        await fillSome(track);
        if (track.epoch === epoch && track.offset === offset) waitMs = RETRY_MS;
      }
    } catch (error) {
      trouble(error, track);
      waitMs = RETRY_MS;
    }
    track.filling = false;
    track.suspect = false;
    if (waitMs !== undefined) fillIn(track, waitMs);
  }

  async function fillSome(track: Placed): Promise<void> {
    const { channel, mode, epoch, offset } = track;
    const page = await read(channel, mode === "latest" ? {} : { after: offset, limit: PIECE });
    if (!isCurrent(track) || track.epoch !== epoch) return;
    if (page.epoch !== epoch || page.offset < offset) {
      breakOff(track, page);
      return;
    }
    if (mode !== "latest" && page.complete > track.offset) {
      counts.gaps += 1;
      breakOff(track, page);
      return;
    }
    // Some may have come by themselves meanwhile.
    const missing = page.entries.filter((entry) => entry.offset > track.offset);
    if (missing.length > 0) {
      parts.onJump(channel);
      counts.recovered += missing.length;
      for (const entry of missing) handOn(track, { ...entry, channel, mode, epoch });
      if (track.suspect) askAgain(track);
    }
    const isLastPiece = mode === "latest" || page.entries.length < PIECE;
    if (isLastPiece && page.offset > track.offset) track.offset = page.offset;
    track.top = Math.max(track.top, page.offset);
    goOn(track);
  }

  function breakOff(track: Placed, page: HistoryPage): void {
    const seen = { epoch: track.epoch, offset: track.offset };
    held -= track.held.size;
    moveTo(track, page);
    held += track.held.size;
    if (seen.epoch !== page.epoch) counts.renumbered += 1;
    parts.onJump(track.channel);
    parts.onBreak(track.channel, seen);
    goOn(track);
  }

  /** Compares a channel with its history. Rejects when that cannot be read. */
  function verify(track: Placed): Promise<void> {
    track.verifying ??= (async () => {
      try {
        await compare(track);
      } finally {
        track.verifying = undefined;
      }
    })();
    return track.verifying;
  }

  async function compare(track: Placed): Promise<void> {
    const { epoch, offset, foreign } = track;
    const page = await read(track.channel, { limit: 0 });
    counts.checked += 1;
    if (!isCurrent(track) || track.epoch !== epoch) return;
    if (page.epoch !== epoch || page.offset < offset) breakOff(track, page);
    else notice(track, page);
    if (track.foreign && track.foreign !== foreign) return compare(track); // it may have begun since
    track.foreign = undefined; // late, from an older life
  }

  /** The history is at least so far. */
  function notice(track: Placed, { offset }: Position): void {
    track.top = Math.max(track.top, offset);
    if (track.offset < track.top) fillIn(track, LATE_MS);
    else track.confirmedAt = clock.now();
  }

  async function check(track: Placed): Promise<void> {
    if (track.filling) return;
    try {
      track.suspect = true;
      await verify(track);
      if (!track.filling) track.suspect = false;
    } catch (error) {
      trouble(error, track);
    }
  }

  function askAgain(track: Placed): void {
    track.suspect = false;
    parts
      .askAgain(track.channel)
      .then(() => verify(track))
      .catch((error) => trouble(error, track));
  }

  return {
    take,
    heardOf(channel, position) {
      const track = tracks.get(channel);
      if (track?.is === "placed" && track.epoch === position.epoch) notice(track, position);
    },
    follow({ name, mode }, page) {
      if (mode === "signal") return undefined;
      const track = tracks.get(name);
      if (track?.is !== "placed") {
        const placed = placedAt(name, mode, page, clock.now());
        tracks.set(name, placed);
        round.begin();
        for (const event of track?.held ?? []) take(event);
        if (track?.beyond) take(track.beyond);
        return undefined;
      }
      if (page.epoch !== track.epoch || page.offset < track.floor) return verify(track);
      notice(track, page);
      return undefined;
    },
    forget(channel) {
      const track = tracks.get(channel);
      if (track?.is === "placed") held -= track.held.size;
      tracks.delete(channel);
    },
    verifyAll() {
      for (const track of tracks.values()) {
        if (track.is === "placed") verify(track).catch((error) => trouble(error, track));
      }
    },
    counts: () => ({ ...counts, held }),
    stop() {
      stopped = true;
      round.stop();
    },
  };
}
