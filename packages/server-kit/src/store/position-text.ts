import type { Position } from "@tocsin/protocol";

/** A position as the text a `DedupStore` keeps of a publish. */
export function positionText({ epoch, offset }: Position): string {
  return `${offset}@${epoch}`;
}

/** Reads it back; `undefined` when there is none yet. */
export function textPosition(text: string | undefined): Position | undefined {
  const at = text?.indexOf("@") ?? -1;
  if (text === undefined || at < 0) return undefined;
  return { offset: Number(text.slice(0, at)), epoch: text.slice(at + 1) };
}
