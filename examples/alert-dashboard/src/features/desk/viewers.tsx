import { Avatar, Tooltip } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useConnection, useTocsinClient } from "@tocsin/client/react";
import { market } from "@tocsin-example/alert-contract";
import { useTranslation } from "react-i18next";
import { useUserId } from "../../shell/user.js";
import styles from "./desk.module.css";
import { othersOf, type Person } from "./people.js";

/** Who is there is asked, not told: once in so long is enough to see somebody come. */
const ASK_MS = 4_000;
const SHOWN = 4;

/** Who else looks at a symbol. */
export function Viewers({ symbol }: { readonly symbol: string | undefined }) {
  const { t } = useTranslation("desk");
  const client = useTocsinClient();
  const me = useUserId();
  const { status } = useConnection();
  const { data } = useQuery({
    queryKey: ["viewers", symbol],
    queryFn: ({ signal }) => client.presence(market.desk({ code: symbol ?? "" }), { signal }),
    enabled: symbol !== undefined && status === "live",
    refetchInterval: ASK_MS,
    retry: false,
  });
  if (symbol === undefined || !data || status !== "live") return null;
  const others = othersOf(data, me);
  const label =
    others.length === 0 ? t("alone", { symbol }) : t("others", { count: others.length, symbol });
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset groups inputs, and these are people
    <div className={styles.viewers} role="group" aria-label={label} data-testid="viewers">
      {others.slice(0, SHOWN).map((person) => (
        <Face key={person.userId} person={person} symbol={symbol} />
      ))}
      {others.length > SHOWN && <span>{t("more", { count: others.length - SHOWN })}</span>}
    </div>
  );
}

function Face({ person: { userId, color }, symbol }: { person: Person; symbol: string }) {
  const { t } = useTranslation("desk");
  const label = t("here", { user: userId, symbol });
  return (
    <Tooltip label={label}>
      <Avatar
        size={22}
        radius="xl"
        role="img"
        aria-label={label}
        styles={{ placeholder: { background: color, color: "#fff", fontSize: 10 } }}
      >
        <span aria-hidden>{userId.slice(0, 2).toUpperCase()}</span>
      </Avatar>
    </Tooltip>
  );
}
