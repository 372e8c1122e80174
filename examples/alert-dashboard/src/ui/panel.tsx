import { type ReactNode, useId } from "react";
import styles from "./panel.module.css";

interface PanelProps {
  readonly title: ReactNode;
  /** Small print beside the title. */
  readonly aside?: ReactNode;
  readonly className?: string | undefined;
  readonly children: ReactNode;
}

/** A titled region of the page; its content scrolls, its title stays. */
export function Panel({ title, aside, className, children }: PanelProps) {
  const heading = useId();
  return (
    <section className={`${styles.panel} ${className ?? ""}`} aria-labelledby={heading}>
      <header className={styles.head}>
        <h2 id={heading} className={styles.title}>
          {title}
        </h2>
        {aside && <div className={styles.aside}>{aside}</div>}
      </header>
      <div className={styles.body}>{children}</div>
    </section>
  );
}
