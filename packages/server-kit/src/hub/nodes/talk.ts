import type { Clock } from "../../clock.js";
import type { Logger } from "../../logger.js";
import type { Broker } from "../../store/broker.js";
import type { ChannelEvent } from "../../store/event.js";
import { sleep } from "../drain.js";
import {
  addressOf,
  EVERYBODY,
  type NodeMessage,
  type NodeOutcome,
  type NodeTask,
  readNodeMessage,
} from "./messages.js";
import { createRoster, type KnownNode } from "./roster.js";

/** What talking with other nodes needs. */
export interface TalkParts {
  readonly name: string;
  readonly broker: Broker;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly beatMs: number;
  readonly answerWithinMs: number;
  ids(): string;
  /** Whether the broker is there. */
  isUp(): boolean;
  /** Does on this node what another one asks for. */
  carryOut(task: NodeTask): NodeOutcome;
}

/** What one node answered. */
export interface Answer extends NodeOutcome {
  readonly node: string;
}

/** Talks with the other nodes on channels of the broker that no contract can name. */
export interface Talk {
  /** Whether an event of this channel is for {@link Talk.take}. */
  isOurs(channel: string): boolean;
  take(event: ChannelEvent): void;
  /** Asks all other nodes. Resolves when all have answered or the time is over. */
  ask(
    task: NodeTask,
  ): Promise<{ readonly answers: readonly Answer[]; readonly missing: readonly string[] }>;
  known(): readonly KnownNode[];
  /** Takes leave, and waits a moment for that to go out. */
  stop(): Promise<void>;
}

interface Question {
  readonly answers: Answer[];
  readonly waitingFor: Set<string>;
  done(): void;
}

const GOODBYE_MS = 250;

/** A node that said nothing for so many beats is gone. */
const BEATS = 3;

/** Begins to talk. */
export function startTalk(parts: TalkParts): Talk {
  const { name, broker, clock, logger, beatMs } = parts;
  const since = clock.now();
  const own = addressOf(name);
  const roster = createRoster(BEATS * beatMs);
  const questions = new Map<string, Question>();
  let cancel = () => {};
  let listening = false;
  let stopped = false;

  async function say(to: string, data: NodeMessage): Promise<void> {
    const timestamp = clock.now();
    await broker.publish({
      channel: to,
      mode: "signal",
      epoch: "signal",
      offset: 0,
      data,
      timestamp,
    });
  }

  function sayOrLog(to: string, message: NodeMessage): void {
    say(to, message).catch((error) =>
      logger.debug({ err: error, type: message.type }, "could not speak to other nodes"),
    );
  }

  const here = (answer: boolean) =>
    sayOrLog(EVERYBODY, { type: "here", node: name, since, answer });

  async function listen(): Promise<void> {
    await broker.subscribe(own);
    await broker.subscribe(EVERYBODY);
    listening = true;
    if (!stopped) here(true);
  }

  /** Who is silent because nobody can be heard is not gone: it is missing. */
  function known(): readonly KnownNode[] {
    const now = clock.now();
    if (!parts.isUp()) roster.excuse(now);
    return roster.known(now);
  }

  function beat(): void {
    known();
    if (listening) here(false);
    else {
      listen().catch((error) => logger.warn({ err: error }, "cannot hear other nodes yet"));
    }
    cancel = clock.after(beatMs, beat);
  }

  function hear(message: NodeMessage): void {
    const { node } = message;
    switch (message.type) {
      case "here": {
        const isNews = roster.here(node, message.since, clock.now());
        if (isNews) logger.info({ node }, "another node is there");
        if (message.answer) {
          sayOrLog(addressOf(node), { type: "here", node: name, since, answer: false });
        }
        return;
      }
      case "gone":
        roster.gone(node);
        for (const question of questions.values()) {
          if (question.waitingFor.delete(node)) settle(question); // nothing of it is left to ask
        }
        return;
      case "ask":
        sayOrLog(addressOf(node), {
          type: "answer",
          node: name,
          id: message.id,
          ...parts.carryOut(message.task),
        });
        return;
      case "answer": {
        const question = questions.get(message.id);
        if (!question?.waitingFor.delete(node)) return; // too late, or twice
        const { count, clients } = message;
        question.answers.push({ node, count, ...(clients && { clients }) });
        settle(question);
        return;
      }
      default:
        message satisfies never;
    }
  }

  function settle({ waitingFor, done }: Question): void {
    if (waitingFor.size === 0) done();
  }

  beat();
  return {
    isOurs: (channel) => channel === own || channel === EVERYBODY,
    take({ data }) {
      const message = readNodeMessage(data);
      if (!message) logger.warn({}, "another node said what this one does not understand");
      else if (message.node !== name && !stopped) hear(message);
    },
    async ask(task) {
      const others = known().map((node) => node.name);
      if (others.length === 0) return { answers: [], missing: [] };
      const id = parts.ids();
      const answers: Answer[] = [];
      const waitingFor = new Set(others);
      await new Promise<void>((resolve) => {
        const late = clock.after(parts.answerWithinMs, resolve);
        const done = () => {
          late();
          resolve();
        };
        questions.set(id, { answers, waitingFor, done });
        say(EVERYBODY, { type: "ask", node: name, id, task }).catch((error) => {
          logger.warn({ err: error }, "could not ask other nodes");
          done();
        });
      });
      questions.delete(id);
      return { answers, missing: [...waitingFor] };
    },
    known,
    async stop() {
      if (stopped) return;
      stopped = true;
      cancel();
      const said = say(EVERYBODY, { type: "gone", node: name }).catch(() => {});
      await Promise.race([said, sleep(clock, GOODBYE_MS)]);
      for (const channel of [own, EVERYBODY]) {
        broker.unsubscribe(channel).catch(() => {}); // the broker may be gone already
      }
      for (const { done } of questions.values()) done();
    },
  };
}
