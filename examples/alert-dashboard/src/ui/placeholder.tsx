import { Button, Loader } from "@mantine/core";
import type { ReactNode } from "react";
import styles from "./placeholder.module.css";

interface PlaceholderProps {
  readonly icon?: ReactNode;
  readonly title: string;
  readonly hint?: string | undefined;
  readonly action?: { readonly label: string; readonly run: () => void };
  readonly role?: "status" | "alert";
}

/** What a panel shows while it has no content: nothing yet, or nothing because of an error. */
export function Placeholder({ icon, title, hint, action, role = "status" }: PlaceholderProps) {
  return (
    <div className={styles.placeholder} role={role}>
      {icon && <div className={styles.icon}>{icon}</div>}
      <p className={styles.title}>{title}</p>
      {hint && <p className={styles.hint}>{hint}</p>}
      {action && (
        <Button variant="default" mt={8} onClick={action.run}>
          {action.label}
        </Button>
      )}
    </div>
  );
}

/** What a panel shows while its content is on the way. */
export function Loading({ label }: { readonly label: string }) {
  return (
    <div className={styles.placeholder} role="status">
      <Loader size="xs" color="gray" aria-hidden />
      <p className={styles.hint}>{label}</p>
    </div>
  );
}
