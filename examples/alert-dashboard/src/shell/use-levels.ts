import { notifications } from "@mantine/notifications";
import { useCallback, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useMonitorMutations, useMonitors } from "../api/queries.js";
import { draftLevels, type Level, levelsOf } from "../features/chart/levels.js";
import { emptyRule } from "../features/monitors/rule-draft.js";
import type { Editor } from "../features/monitors/use-editor.js";
import { useFormats } from "../i18n/use-formats.js";

/** The levels of a symbol's chart, and what becomes of them when they are moved, opened or drawn. */
export function useLevels(symbol: string | undefined, editor: Editor) {
  const { t } = useTranslation("chart");
  const formats = useFormats();
  const { data: monitors } = useMonitors();
  const { mutate } = useMonitorMutations().change;
  const { edited, changeRule, edit, create } = editor;
  const drafted = edited?.values.symbol === symbol ? edited : undefined;

  const levels = useMemo(() => {
    if (symbol === undefined) return [];
    const drafts = drafted ? draftLevels(drafted.values.rules) : [];
    return [...levelsOf(monitors ?? [], symbol, drafted?.id), ...drafts];
  }, [monitors, symbol, drafted]);

  const find = useCallback(
    (level: Level) => monitors?.find(({ id }) => id === level.monitorId),
    [monitors],
  );
  const onMoved = useCallback(
    (level: Level, price: number) => {
      if (level.monitorId === undefined) {
        changeRule(level.rule, { [level.field]: String(price) });
        return;
      }
      const monitor = find(level);
      if (!monitor) return;
      const rules = monitor.rules.map((rule) =>
        rule.id === level.ruleId ? { ...rule, [level.field]: price } : rule,
      );
      mutate(
        { id: monitor.id, change: { rules } },
        {
          onSuccess: () =>
            notifications.show({
              message: t("moved", { price: formats.price(price) }),
              color: "teal",
            }),
          onError: ({ message }) =>
            notifications.show({ title: t("moveFailed"), message, color: "red" }),
        },
      );
    },
    [changeRule, find, mutate, t, formats],
  );
  const onOpen = useCallback(
    (level: Level) => {
      const monitor = find(level);
      if (monitor) edit(monitor);
    },
    [find, edit],
  );
  const onDrawn = useCallback(
    (price: number, last: number | undefined) => {
      const direction = last === undefined || price >= last ? "up" : "down";
      create(symbol ?? "", [emptyRule("crossing", { price: String(price), direction })]);
    },
    [create, symbol],
  );
  return { levels, onMoved, onOpen, onDrawn };
}
