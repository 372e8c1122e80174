import { Button, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { useUserId } from "../../shell/user.js";
import styles from "./settings.module.css";

/** What the server takes as the name of a user. */
const USER = /^[a-z0-9-]{1,32}$/;

/** Who one is. Another user is another inbox, so the page begins anew. */
export function Account() {
  const { t } = useTranslation("settings");
  const userId = useUserId();
  const [user, setUser] = useState("");
  const [wrong, setWrong] = useState(false);
  function submit(event: FormEvent) {
    event.preventDefault();
    if (!USER.test(user)) {
      setWrong(true);
      return;
    }
    const address = new URL(location.href);
    address.searchParams.set("user", user);
    location.assign(address);
  }
  return (
    <form className={styles.form} onSubmit={submit} noValidate>
      <p className={styles.wide}>{t("signedInAs", { user: userId })}</p>
      <TextInput
        className={styles.grow}
        label={t("user")}
        description={t("userHint")}
        autoComplete="username"
        autoCapitalize="none"
        value={user}
        error={wrong && t("userWrong")}
        onChange={(event) => {
          setUser(event.currentTarget.value);
          setWrong(false);
        }}
      />
      <Button type="submit" variant="default">
        {t("switchUser")}
      </Button>
    </form>
  );
}
