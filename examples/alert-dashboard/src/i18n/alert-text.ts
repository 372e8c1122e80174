import type { AlertNotification, AlertRule } from "@tocsin/protocol/alerts";
import type { TFunction } from "i18next";
import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import type { Formats } from "./formats.js";
import { useFormats } from "./use-formats.js";

type Words = TFunction<"alerts">;

/** A rule in words: what has to happen. */
export function ruleText(rule: AlertRule, t: Words, formats: Formats): string {
  return describe(rule, "rules", t, formats);
}

/** The same rule before and after: `rises to` and `rose to`. */
function describe(
  rule: AlertRule,
  tense: "rules" | "happened",
  t: Words,
  formats: Formats,
): string {
  const { price, span, decimal } = formats;
  switch (rule.kind) {
    case "entry-range":
      return t(`${tense}.entry-range`, { low: price(rule.low), high: price(rule.high) });
    case "take-profit":
      return t(`${tense}.take-profit.${rule.side}`, { price: price(rule.price) });
    case "stop-loss":
      return t(`${tense}.stop-loss.${rule.side}`, { price: price(rule.price) });
    case "threshold":
      return t(`${tense}.threshold.${rule.when}`, { price: price(rule.price) });
    case "crossing":
      return t(`${tense}.crossing.${rule.direction}`, { price: price(rule.price) });
    case "percent-change":
      return t(`${tense}.percent-change.${rule.direction}`, {
        percent: decimal(rule.percent),
        window: span(rule.windowMs),
      });
    case "range-breakout":
      return t(`${tense}.range-breakout.${rule.direction}`, { window: span(rule.windowMs) });
    case "volume-spike":
      return t(`${tense}.volume-spike`, { factor: decimal(rule.factor), bars: rule.bars });
    case "stale-feed":
      return t(`${tense}.stale-feed`, { after: span(rule.afterMs) });
    default:
      return rule satisfies never;
  }
}

/** What happened, from the structured notification: the server's own words are English and stay unused. */
export function alertTitle(alert: AlertNotification, t: Words, formats: Formats): string {
  const { kind, reason, rule, symbol, covers } = alert;
  if (kind === "summary") {
    return t(reason === "digest" ? "summaries.digest" : "summaries.flood", { count: covers });
  }
  if (kind === "no-data") return t("noData", { symbol: symbol ?? "" });
  const what = rule ? describe(rule, "happened", t, formats) : t(`kinds.${kind}`);
  return symbol ? t("titled", { symbol, what }) : what;
}

/** The price that did it, beside the title. */
export function alertDetail(
  { kind, price, previousPrice, changePercent }: AlertNotification,
  t: Words,
  formats: Formats,
): string {
  if (kind === "summary") return t("summaries.hint");
  if (price === null) return "";
  if (kind === "no-data") return t("lastPrice", { price: formats.price(price) });
  const values = { price: formats.price(price) };
  if (changePercent !== null) {
    return t("priceMoved", { ...values, percent: formats.percent(changePercent) });
  }
  return previousPrice === null
    ? t("priceIs", values)
    : t("priceFrom", { ...values, before: formats.price(previousPrice) });
}

/** Titles of alerts in the chosen language; stable as long as the language is. */
export function useAlertTitle(): (alert: AlertNotification) => string {
  const { t } = useTranslation("alerts");
  const formats = useFormats();
  return useCallback((alert) => alertTitle(alert, t, formats), [t, formats]);
}
