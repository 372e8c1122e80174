import { notifications } from "@mantine/notifications";
import type { AlertNotification } from "@tocsin/protocol/alerts";
import { useEffect, useRef, useState, useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";
import { alertDetail, useAlertTitle } from "../../../i18n/alert-text.js";
import { useFormats } from "../../../i18n/use-formats.js";
import { readPreferences, usePreferences } from "../../../shell/preferences.js";
import { goTo } from "../../../shell/route.js";
import { useInboxHandle } from "../inbox-context.js";
import { COLOR_OF } from "../tones.js";
import { createLeadership, type Leadership, type Role } from "./leader.js";
import { isTold, type Plan } from "./plan.js";
import { createSound } from "./sound.js";
import { createTeller } from "./teller.js";

/** The page's one sound, so that trying it in the settings also wakes it for alerts. */
export const sound = createSound();

const CLOSE_MS = 5_000;
/** More toasts at once than this cover what one works on. */
const TOASTS = 2;

/** Tells of new alerts: a toast in the tab one looks at, sound and notification in one tab of all. */
export function useTelling(userId: string): Role {
  const { onNew } = useInboxHandle();
  const { t } = useTranslation("app");
  const words = useTranslation("alerts").t;
  const titleOf = useAlertTitle();
  const formats = useFormats();
  const [leadership, setLeadership] = useState<Leadership>();

  const telling = useRef<(plan: Plan) => void>(undefined);
  const toasting = useRef<(alert: AlertNotification) => void>(undefined);
  useEffect(() => {
    telling.current = ({ single, more, sound: kind }) => {
      if (kind) sound.play(kind);
      for (const alert of single) {
        notify(alert.id, titleOf(alert), alertDetail(alert, words, formats), () =>
          goTo("inbox", alert.id),
        );
      }
      if (more > 0) notify("more", t("arrived", { count: more }), "", () => goTo("inbox"));
    };
    toasting.current = (alert) => toast(alert, titleOf(alert), alertDetail(alert, words, formats));
  }, [t, words, titleOf, formats]);

  useEffect(() => {
    const started = createLeadership(navigator.locks, `tocsin.telling.${userId}`);
    const line =
      typeof BroadcastChannel === "undefined"
        ? undefined
        : new BroadcastChannel(`tocsin.telling.${userId}`);
    const teller = createTeller({
      leadership: started,
      line,
      settings: readPreferences,
      tell: (plan) => telling.current?.(plan),
      now: Date.now,
      after: (run, ms) => setTimeout(run, ms),
    });
    setLeadership(started);
    const leave = onNew((alert, replayed) => {
      teller.hear(alert);
      const told = isTold(alert, { ...readPreferences(), minSeverity: "info" });
      // What waited while the connection was down is told by the count beside the inbox.
      if (told && !replayed && document.visibilityState === "visible") toasting.current?.(alert);
    });
    return () => {
      leave();
      teller.stop();
      started.stop();
    };
  }, [onNew, userId]);

  useWaking();
  return useSyncExternalStore(
    leadership?.subscribe ?? nothing,
    leadership ? () => leadership.role : follower,
  );
}

const nothing = () => () => {};
const follower = () => "follower" as const;

/** A page that was just loaded may play nothing before it is touched. */
function useWaking(): void {
  const { sound: wanted } = usePreferences();
  useEffect(() => {
    if (!wanted) return;
    const wake = () => void sound.wake();
    addEventListener("pointerdown", wake, { once: true });
    addEventListener("keydown", wake, { once: true });
    return () => {
      removeEventListener("pointerdown", wake);
      removeEventListener("keydown", wake);
    };
  }, [wanted]);
}

function notify(tag: string, title: string, body: string, open: () => void): void {
  if (typeof Notification === "undefined" || Notification.permission !== "granted") return;
  try {
    const shown = new Notification(title, { body, tag, icon: "/favicon.svg" });
    shown.onclick = () => {
      window.focus();
      open();
      shown.close();
    };
  } catch {
    // Chrome on Android lets only service workers notify; the toast and the sound have told.
  }
}

let toasts: number[] = [];

function toast(alert: AlertNotification, title: string, message: string): void {
  const now = Date.now();
  toasts = toasts.filter((at) => at > now - CLOSE_MS);
  if (toasts.length >= TOASTS) return; // the inbox counts them
  toasts.push(now);
  notifications.show({
    id: alert.id,
    title,
    message,
    color: COLOR_OF[alert.severity],
    autoClose: CLOSE_MS,
    // A live region of the page reads alerts out; a second one would repeat each of them.
    role: "none",
  });
}
