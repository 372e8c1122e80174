import {
  Button,
  NativeSelect,
  SegmentedControl,
  Switch,
  useMantineColorScheme,
} from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { severity } from "@tocsin/protocol/alerts";
import { type ReactNode, useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { LANGUAGES } from "../../i18n/language.js";
import { setPreferences, usePreferences } from "../../shell/preferences.js";
import type { Role } from "../inbox/tell/leader.js";
import { sound } from "../inbox/tell/use-telling.js";
import { Account } from "./account.js";
import { Endpoints } from "./endpoints.js";
import styles from "./settings.module.css";

/** What the reader can choose. `role` is this tab's part in telling of alerts. */
export function SettingsPage({ role }: { readonly role: Role }) {
  const { t } = useTranslation("settings");
  return (
    <div className={styles.page}>
      <Section title={t("look")}>
        <Look />
      </Section>
      <Section title={t("telling")} hint={t("tellingHint")}>
        <Telling role={role} />
      </Section>
      <Section title={t("endpoints")} hint={t("endpointsHint")}>
        <Endpoints />
      </Section>
      <Section title={t("account")}>
        <Account />
      </Section>
    </div>
  );
}

interface SectionProps {
  readonly title: string;
  readonly hint?: string;
  readonly children: ReactNode;
}

function Section({ title, hint, children }: SectionProps) {
  const heading = useId();
  return (
    <section className={styles.section} aria-labelledby={heading}>
      <h2 id={heading} className={styles.heading}>
        {title}
      </h2>
      {hint && <p className={styles.hint}>{hint}</p>}
      {children}
    </section>
  );
}

const THEMES = ["light", "dark", "auto"] as const;

function Look() {
  const { t, i18n } = useTranslation("settings");
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const languages = Object.entries(LANGUAGES).map(([value, label]) => ({ value, label }));
  return (
    <>
      <NativeSelect
        label={t("language")}
        data={languages}
        value={i18n.resolvedLanguage ?? "en"}
        onChange={(event) => void i18n.changeLanguage(event.currentTarget.value)}
      />
      <div>
        <p className={styles.label}>{t("theme")}</p>
        <SegmentedControl
          aria-label={t("theme")}
          value={colorScheme}
          onChange={(value) => setColorScheme(THEMES.find((each) => each === value) ?? "auto")}
          data={THEMES.map((value) => ({ value, label: t(`themes.${value}`) }))}
        />
      </div>
    </>
  );
}

type Permission = NotificationPermission | "unsupported";

const permissionNow = (): Permission =>
  typeof Notification === "undefined" ? "unsupported" : Notification.permission;

function Telling({ role }: { readonly role: Role }) {
  const { t } = useTranslation("settings");
  const words = useTranslation("alerts").t;
  const preferences = usePreferences();
  const [permission, setPermission] = useState(permissionNow);

  async function trySound() {
    if (await sound.wake()) sound.play("critical");
    else notifications.show({ message: t("soundFailed"), color: "yellow" });
  }
  async function allow() {
    const answer = await Notification.requestPermission();
    setPermission(answer);
    if (answer === "granted") setPreferences({ notify: true });
  }

  return (
    <>
      <div className={styles.row}>
        <Switch
          label={t("sound")}
          description={t("soundHint")}
          checked={preferences.sound}
          onChange={(event) => {
            setPreferences({ sound: event.currentTarget.checked });
            if (event.currentTarget.checked) void sound.wake();
          }}
        />
        <Button variant="default" onClick={() => void trySound()}>
          {t("soundTry")}
        </Button>
      </div>
      <div className={styles.row}>
        <Switch
          label={t("notifications")}
          description={t(`notificationStates.${permission}`)}
          disabled={permission !== "granted"}
          checked={preferences.notify && permission === "granted"}
          onChange={(event) => setPreferences({ notify: event.currentTarget.checked })}
        />
        {permission === "default" && (
          <Button variant="default" onClick={() => void allow()}>
            {t("allow")}
          </Button>
        )}
      </div>
      <NativeSelect
        label={t("minSeverity")}
        data={severity.options.map((value) => ({ value, label: words(`severities.${value}`) }))}
        value={preferences.minSeverity}
        onChange={({ currentTarget: { value } }) =>
          setPreferences({
            minSeverity: severity.options.find((each) => each === value) ?? "info",
          })
        }
      />
      <p className={styles.hint} data-testid="telling-role" data-role={role}>
        {t(role)}
      </p>
    </>
  );
}
