import { useQuery } from "@tanstack/react-query";
import type { AlertNotification } from "@tocsin/protocol/alerts";
import { useTranslation } from "react-i18next";
import { useApi } from "../../api/api-context.js";
import type { Delivery } from "../../api/schemas.js";
import { useFormats } from "../../i18n/use-formats.js";
import { Loading } from "../../ui/placeholder.js";
import { Tag } from "../../ui/tag.js";
import styles from "./inbox.module.css";

const TONE_OF = { waiting: "quiet", delivered: "up", failed: "down" } as const satisfies Record<
  Delivery["status"],
  string
>;

/** Where an alert went, and where it did not arrive. Asked again with each revision, as that goes out too. */
export function Deliveries({ alert }: { readonly alert: AlertNotification }) {
  const { t } = useTranslation("inbox");
  const app = useTranslation("app").t;
  const { clock } = useFormats();
  const api = useApi();
  const { data, isPending, isError } = useQuery({
    queryKey: ["deliveries", alert.id, alert.revision],
    queryFn: ({ signal }) => api.deliveries(alert.id, signal),
    placeholderData: (before) => before,
  });
  return (
    <section>
      <h4 className={styles.section}>{t("details.deliveries")}</h4>
      {isPending ? (
        <Loading label={app("loading")} />
      ) : isError ? (
        <p className={styles.said}>{t("details.deliveriesFailed")}</p>
      ) : data.length === 0 ? (
        <p className={styles.said}>{t("details.noDeliveries")}</p>
      ) : (
        <ul className={styles.deliveries}>
          {data.map((delivery) => (
            <li key={delivery.id}>
              <Tag tone={TONE_OF[delivery.status]}>{t(`details.status.${delivery.status}`)}</Tag>
              <span>{sinkName(delivery.sink, (sink) => t(`details.sinks.${sink}`))}</span>
              <span className={styles.recipient}>{delivery.recipient}</span>
              <span>
                {t("details.attempts", { count: delivery.attempts })} · {clock(delivery.at)}
              </span>
              {delivery.error && <span className={styles.error}>{delivery.error}</span>}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

const SINKS = ["inbox", "webhook", "email"] as const;

/** A sink somebody added to the server has no word here, and is called what it is called there. */
function sinkName(sink: string, named: (sink: (typeof SINKS)[number]) => string): string {
  const known = SINKS.find((name) => name === sink);
  return known ? named(known) : sink;
}
