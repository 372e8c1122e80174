/** The server's REST side as a test uses it: what there is, said by the server itself. */
export interface Rest {
  /** Makes a monitor that fires at once: its level lies where the price is already. */
  fire(symbol: string, severity?: "info" | "warning" | "critical"): Promise<void>;
  /** The ids of the newest alerts. */
  alertIds(): Promise<string[]>;
}

/** Signs in for each request, as a server that was restarted may not know the token of the last one. */
export function restOf(port: number, user = "demo"): Rest {
  const url = `http://127.0.0.1:${port}/api`;
  async function ask(path: string, body?: unknown): Promise<unknown> {
    const json = { "content-type": "application/json" };
    const signIn = { method: "POST", headers: json, body: JSON.stringify({ user }) };
    const session = (await (await fetch(`${url}/session`, signIn)).json()) as { token: string };
    const headers = { authorization: `Bearer ${session.token}`, ...json };
    const response = await fetch(
      `${url}${path}`,
      body === undefined ? { headers } : { method: "POST", headers, body: JSON.stringify(body) },
    );
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return response.json();
  }
  return {
    async fire(symbol, severity = "warning") {
      const rules = [{ kind: "threshold", when: "above", price: 0.01, severity }];
      await ask("/monitors", { symbol, rules, note: `test ${severity}` });
    },
    async alertIds() {
      const { items } = (await ask("/notifications?limit=200")) as { items: { id: string }[] };
      return items.map(({ id }) => id);
    },
  };
}
