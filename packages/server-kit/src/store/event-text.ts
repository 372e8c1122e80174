import { type ChannelMode, TocsinError } from "@tocsin/protocol";
import type { ChannelEvent } from "./event.js";
import type { NewEntry, StoredEntry } from "./history-store.js";

/** The data has no JSON form, so it could not be stored and read back. */
export class UnstorableDataError extends TocsinError {
  override name = "UnstorableDataError";
}

/**
 * An entry as stores outside the process keep it. It is written once: in front of the same text comes the position
 * when it travels to other nodes.
 *
 * @throws {@link UnstorableDataError} when the data has no JSON form.
 */
export function entryText(channel: string, { data, timestamp, key, removed }: NewEntry): string {
  try {
    return JSON.stringify({ data: data === undefined ? null : data, timestamp, key, removed });
  } catch (error) {
    throw new UnstorableDataError(
      `channel "${channel}": the data has no JSON form; publish plain values without cycles and bigints`,
      { cause: error },
    );
  }
}

/** Reads an entry back. */
export function textEntry(offset: number, text: string): StoredEntry {
  const { data, timestamp, key, removed }: NewEntry = JSON.parse(text);
  return {
    offset,
    data,
    timestamp,
    ...(key !== undefined && { key }),
    ...(removed !== undefined && { removed }),
  };
}

/** An event as it travels: position and mode, then the text of its entry. */
export function eventText({ channel, mode, epoch, offset, ...entry }: ChannelEvent): string {
  return `${offset} ${encodeURIComponent(epoch)} ${mode} ${entryText(channel, entry)}`;
}

const MODES: ReadonlySet<string> = new Set<ChannelMode>(["latest", "table", "log", "signal"]);

/** Reads an event; `undefined` when it is none, because somebody else publishes under the same name. */
export function textEvent(channel: string, text: string): ChannelEvent | undefined {
  const [, offset, epoch = "", mode = "", entry = ""] =
    /^(\d+) (\S+) (\w+) (\{.*)$/s.exec(text) ?? [];
  if (offset === undefined || !isMode(mode)) return undefined;
  try {
    return { ...textEntry(Number(offset), entry), channel, mode, epoch: decodeURIComponent(epoch) };
  } catch {
    return undefined;
  }
}

function isMode(text: string): text is ChannelMode {
  return MODES.has(text);
}

/**
 * A name as a store outside the process can hold it: half a surrogate pair has no form in UTF-8, and some stores have
 * no zero character, so both are written as JSON writes them.
 */
export function literal(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}
