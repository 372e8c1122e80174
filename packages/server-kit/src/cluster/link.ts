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
  readonly connected?: boolean;
}

/** Wraps one. Sending to a process that is gone fails, and does not throw. */
export function linkOf(messenger: Messenger, isConnected: () => boolean): Link {
  return {
    send(message, sent) {
      try {
        if (messenger.send && isConnected()) messenger.send(message, sent);
        else sent(new Error("the other process is gone"));
      } catch (error) {
        sent(error instanceof Error ? error : new Error(String(error)));
      }
    },
    onMessage: (listener) => void messenger.on("message", listener),
    onEnd: (listener) => void messenger.on("disconnect", listener),
  };
}
