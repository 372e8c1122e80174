import { ActionIcon, useMantineColorScheme } from "@mantine/core";
import { IconBellRinging, IconMoon, IconSun } from "@tabler/icons-react";
import type { ConnectionState } from "@tocsin/client";
import type { ServiceStatus } from "@tocsin-example/alert-contract";
import type { MarketClient } from "../../live/client.js";
import type { RecoveryView } from "../../live/views.js";
import { text } from "../../text.js";
import { ConnectionStatus } from "./connection-status.js";
import styles from "./header.module.css";
import { ServiceControls } from "./service-controls.js";

interface HeaderProps {
  readonly client: MarketClient;
  readonly connection: ConnectionState;
  readonly recovery: RecoveryView | undefined;
  readonly status: ServiceStatus | undefined;
}

export function Header({ client, connection, recovery, status }: HeaderProps) {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const dark = colorScheme !== "light";
  const connected = connection.status === "live";
  return (
    <header className={styles.header}>
      <h1 className={styles.brand}>
        <IconBellRinging size={17} aria-hidden />
        {text.app.name} <span className={styles.tagline}>{text.app.tagline}</span>
      </h1>
      <ConnectionStatus
        connection={connection}
        recovery={recovery}
        // A failure shows as the connection's state; there is nobody else to tell.
        onRetry={() => void client.connect().catch(() => {})}
      />
      <ServiceControls client={client} status={status} connected={connected} />
      <ActionIcon
        size="md"
        aria-label={dark ? text.theme.toLight : text.theme.toDark}
        onClick={() => setColorScheme(dark ? "light" : "dark")}
      >
        {dark ? <IconSun size={16} aria-hidden /> : <IconMoon size={16} aria-hidden />}
      </ActionIcon>
    </header>
  );
}
