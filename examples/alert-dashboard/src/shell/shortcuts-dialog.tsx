import { Kbd, Modal } from "@mantine/core";
import { Fragment } from "react";
import { useTranslation } from "react-i18next";
import type { PageName } from "./route.js";
import styles from "./shell.module.css";

/** Two keys lead to each page. */
export const PAGE_KEYS = {
  "g d": "desk",
  "g i": "inbox",
  "g m": "monitors",
  "g o": "options",
  "g p": "portfolio",
  "g n": "news",
  "g s": "settings",
} as const satisfies Record<string, PageName>;

const ANYWHERE = { "?": "help", t: "theme" } as const;
const IN_INBOX = {
  "/": "search",
  j: "next",
  k: "previous",
  r: "read",
  a: "acknowledge",
  e: "archive",
} as const;

interface ShortcutsDialogProps {
  readonly opened: boolean;
  readonly onClose: () => void;
}

/** Every shortcut there is. */
export function ShortcutsDialog({ opened, onClose }: ShortcutsDialogProps) {
  const { t } = useTranslation("app");
  const anywhere = [
    ...entries(ANYWHERE).map(([keys, name]) => [keys, t(`shortcuts.${name}`)] as const),
    ...entries(PAGE_KEYS).map(([keys, page]) => [keys, t(`pages.${page}`)] as const),
  ];
  const inInbox = entries(IN_INBOX).map(([keys, name]) => [keys, t(`shortcuts.${name}`)] as const);
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t("shortcuts.title")}
      closeButtonProps={{ "aria-label": t("close") }}
    >
      <Group title={t("shortcuts.anywhere")} shortcuts={anywhere} />
      <Group title={t("shortcuts.inInbox")} shortcuts={inInbox} />
    </Modal>
  );
}

/** The entries of an object that has no others than its type says. */
function entries<Key extends string, Value>(object: Readonly<Record<Key, Value>>) {
  return Object.entries(object) as [Key, Value][];
}

interface GroupProps {
  readonly title: string;
  readonly shortcuts: readonly (readonly [keys: string, does: string])[];
}

function Group({ title, shortcuts }: GroupProps) {
  const { t } = useTranslation("app");
  return (
    <section>
      <h3 className={styles.group}>{title}</h3>
      <dl className={styles.shortcuts}>
        {shortcuts.map(([keys, does]) => (
          <div key={keys}>
            <dt>
              {keys.split(" ").map((key, index) => (
                <Fragment key={key}>
                  {index > 0 && <span> {t("shortcuts.afterwards")} </span>}
                  <Kbd>{key}</Kbd>
                </Fragment>
              ))}
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
