import { Button, Menu } from "@mantine/core";
import { IconZzz, IconZzzOff } from "@tabler/icons-react";
import type { AlertNotification } from "@tocsin/protocol/alerts";
import { useTranslation } from "react-i18next";
import { useFormats } from "../../i18n/use-formats.js";
import type { InboxActions } from "./use-inbox.js";

const MINUTE_MS = 60_000;
const SPANS = [15 * MINUTE_MS, 60 * MINUTE_MS, 4 * 60 * MINUTE_MS, 24 * 60 * MINUTE_MS];

interface SnoozeMenuProps {
  readonly alert: AlertNotification;
  readonly act: InboxActions["act"];
}

/** Puts an alert off, or takes that back. */
export function SnoozeMenu({ alert, act }: SnoozeMenuProps) {
  const { t } = useTranslation("inbox");
  const { span } = useFormats();
  if (alert.snoozedUntil !== null) {
    return (
      <Button
        variant="default"
        leftSection={<IconZzzOff size={14} aria-hidden />}
        onClick={() => act(alert, { do: "snooze", forMs: 0 })}
      >
        {t("actions.wake")}
      </Button>
    );
  }
  return (
    <Menu position="bottom-start">
      <Menu.Target>
        <Button variant="default" leftSection={<IconZzz size={14} aria-hidden />}>
          {t("actions.snooze")}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {SPANS.map((forMs) => (
          <Menu.Item key={forMs} onClick={() => act(alert, { do: "snooze", forMs })}>
            {t("actions.snoozeFor", { span: span(forMs) })}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
