import type { ChannelRef, PayloadInputOf } from "@tocsin/protocol";
import type { Hub } from "@tocsin/server-kit";

/** What was last said on a channel with one value. */
export interface LatestChannel<Value> {
  /** Publishes a value that says something else than the last. */
  show(value: Value): Promise<void>;
}

/** Publishes a value when it changes; the fields in `aside` do not count as a change. */
export function createLatestChannel<Ref extends ChannelRef>(
  hub: Pick<Hub, "publish">,
  ref: Ref,
  aside: readonly string[] = [],
): LatestChannel<PayloadInputOf<Ref["def"]>> {
  let said: string | undefined;
  const textOf = (value: unknown) =>
    JSON.stringify(value, (key, field: unknown) => (aside.includes(key) ? undefined : field));
  return {
    async show(value) {
      const text = textOf(value);
      if (text === said) return;
      await hub.publish(ref, value);
      said = text;
    },
  };
}
