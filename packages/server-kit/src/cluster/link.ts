/** One end of the line between a worker and its primary. */
export interface Link {
  /** Sends; `sent` is called once when the system has taken it, or with what went wrong. */
  send(message: object, sent: (error: Error | null) => void): void;
  /** Sets who hears what the other end says. */
  onMessage(listener: (message: unknown) => void): void;
  /** Sets who hears that the other end is gone. */
  onEnd(listener: () => void): void;
}

/** The part of a `Worker` of `node:cluster`, or of `process` in a worker, that is used. */
export interface Messenger {
  send?(message: object, sent: (error: Error | null) => void): boolean;
  on(event: "message", listener: (message: unknown) => void): unknown;
  on(event: "disconnect", listener: () => void): unknown;
}

type Sent = Parameters<Link["send"]>[1];

/**
 * Wraps one. Everything that is said in one turn of the event loop travels in one message: it costs one write, and what
 * was published together is delivered together. Sending to a process that is gone fails, and does not throw.
 */
export function linkOf(messenger: Messenger, isConnected: () => boolean): Link {
  let gathered: { readonly message: object; readonly sent: Sent }[] = [];

  function flush(): void {
    const parts = gathered;
    gathered = [];
    const tell = (error: Error | null) => {
      for (const { sent } of parts) sent(error);
    };
    try {
      const together = { tocsin: "all", messages: parts.map(({ message }) => message) };
      if (messenger.send && isConnected()) messenger.send(together, tell);
      else tell(new Error("the other process is gone"));
    } catch (error) {
      tell(error instanceof Error ? error : new Error(String(error)));
    }
  }

  return {
    send(message, sent) {
      if (gathered.length === 0) setImmediate(flush);
      gathered.push({ message, sent });
    },
    onMessage(listener) {
      messenger.on("message", (together) => {
        for (const message of messagesIn(together)) listener(message);
      });
    },
    onEnd: (listener) => void messenger.on("disconnect", listener),
  };
}

/** None in what the application says on the same line. */
function messagesIn(together: unknown): readonly unknown[] {
  if (typeof together !== "object" || together === null) return [];
  if (!("tocsin" in together && "messages" in together)) return [];
  return Array.isArray(together.messages) ? together.messages : [];
}
