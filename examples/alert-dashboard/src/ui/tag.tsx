import type { ReactNode } from "react";
import styles from "./tag.module.css";

interface TagProps {
  readonly tone: "quiet" | "accent" | "up" | "down" | "warn";
  readonly title?: string;
  readonly children: ReactNode;
}

/** A word or two that classify a row. */
export function Tag({ tone, title, children }: TagProps) {
  return (
    <span className={styles.tag} data-tone={tone} title={title}>
      {children}
    </span>
  );
}
