import { ActionIcon, useComputedColorScheme, useMantineColorScheme } from "@mantine/core";
import { IconBellRinging, IconKeyboard, IconMoon, IconSun } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { ConnectionStatus } from "../features/connection/connection-status.js";
import type { IndicationView } from "../features/connection/use-indication.js";
import { Navigation } from "./navigation.js";
import { hrefOf } from "./route.js";
import styles from "./shell.module.css";

interface HeaderProps {
  readonly connection: IndicationView;
  readonly unread: number;
  readonly onHelp: () => void;
}

export function Header({ connection, unread, onHelp }: HeaderProps) {
  const { t } = useTranslation("app");
  const [dark, toggle] = useTheme();
  const theme = t(dark ? "theme.toLight" : "theme.toDark");
  return (
    <header className={styles.header}>
      <a className={styles.brand} href={hrefOf("desk")}>
        <IconBellRinging size={18} aria-hidden />
        <span>{t("name")}</span>
      </a>
      <Navigation unread={unread} />
      <div className={styles.tools}>
        <ConnectionStatus {...connection} />
        <ActionIcon
          size="md"
          className={styles.keyboard}
          aria-label={t("shortcuts.open")}
          title={t("shortcuts.open")}
          onClick={onHelp}
        >
          <IconKeyboard size={17} aria-hidden />
        </ActionIcon>
        <ActionIcon size="md" aria-label={theme} title={theme} onClick={toggle}>
          {dark ? <IconSun size={16} aria-hidden /> : <IconMoon size={16} aria-hidden />}
        </ActionIcon>
      </div>
    </header>
  );
}

/** Whether it is dark now, and a way to change that. */
export function useTheme(): readonly [dark: boolean, toggle: () => void] {
  const { setColorScheme } = useMantineColorScheme();
  const dark = useComputedColorScheme("dark") === "dark";
  return [dark, () => setColorScheme(dark ? "light" : "dark")];
}
