import { useTranslation } from "react-i18next";
import type { Indication } from "./indicate.js";

/** An indication in words. */
export interface Words {
  readonly name: string;
  /** One more thing to know, beside the name. */
  readonly detail: string | undefined;
  readonly meaning: string;
  readonly todo: string;
}

const MOST_SYMBOLS = 8;

export function useWords(indication: Indication): Words {
  const { t } = useTranslation("connection");
  const { state } = indication;
  const name = t(`states.${state}`);
  switch (state) {
    case "idle":
      return { name, detail: undefined, meaning: t("meaning.idle"), todo: t("todo.none") };
    case "connecting": {
      const { attempt } = indication;
      return {
        name,
        detail: attempt > 0 ? t("attempt", { attempt }) : undefined,
        meaning: t("meaning.connecting"),
        todo: t("todo.connecting"),
      };
    }
    case "recovering":
      return {
        name,
        detail: undefined,
        meaning: t("meaning.recovering"),
        todo: t("todo.connecting"),
      };
    case "waiting":
      return {
        name,
        detail: t("attempt", { attempt: indication.attempt }),
        meaning: t("meaning.waiting"),
        todo: t("todo.waiting"),
      };
    case "offline":
      return { name, detail: undefined, meaning: t("meaning.offline"), todo: t("todo.offline") };
    case "stopped":
      return {
        name,
        detail: indication.why || undefined,
        meaning: t("meaning.stopped"),
        todo: t("todo.stopped"),
      };
    case "gap": {
      const count = indication.missed;
      return {
        name,
        detail: count > 0 ? t("gapOf", { count }) : undefined,
        meaning: count > 0 ? t("meaning.gap", { count }) : t("meaning.gapUnknown"),
        todo: t("todo.gap"),
      };
    }
    case "paused":
      return indication.ended
        ? { name, detail: undefined, meaning: t("meaning.ended"), todo: t("todo.ended") }
        : { name, detail: undefined, meaning: t("meaning.paused"), todo: t("todo.paused") };
    case "stale": {
      const { symbols } = indication;
      const named = symbols.slice(0, MOST_SYMBOLS).join(", ");
      return {
        name,
        detail: symbols.length === 1 ? named : String(symbols.length),
        meaning: t("meaning.stale", { count: symbols.length }),
        todo: t("todo.stale", {
          symbols: symbols.length > MOST_SYMBOLS ? `${named} …` : named,
        }),
      };
    }
    case "live": {
      const { recovered } = indication;
      return {
        name,
        detail:
          recovered === undefined
            ? undefined
            : recovered === 0
              ? t("nothingMissed")
              : t("recovered", { count: recovered }),
        meaning: t("meaning.live"),
        todo: t("todo.none"),
      };
    }
    default:
      return state satisfies never;
  }
}
