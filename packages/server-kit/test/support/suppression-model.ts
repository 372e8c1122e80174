/** What happens to a monitor whose rule `near` is quiet while `sl` fires. Times are minutes. */
export type Step =
  | { readonly do: "flip"; readonly rule: string; readonly wait: number }
  | { readonly do: "snooze"; readonly rule: string; readonly minutes: number | null }
  | { readonly do: "release" };

interface Told {
  readonly rule: string;
  readonly reason: string;
  readonly firedAt: number;
  resolvedAt: number | null;
  suppressed: number;
}

interface Rule {
  firing: boolean;
  firedAt: number;
  /** The notification of the fire that stands. */
  told: Told | undefined;
  muted: "snooze" | "inhibition" | undefined;
  snoozedUntil: number;
  /** The last notification, which repeats are counted on. */
  holder: Told | undefined;
  quietUntil: number;
  unclaimed: number;
}

/** Suppression as one would explain it, without a database, repeats or workers. */
export class SuppressionModel {
  readonly notifications: Told[] = [];
  fires = 0;
  readonly #rules = new Map<string, Rule>();

  constructor(readonly cooldown: number) {}

  get unclaimed(): number {
    return [...this.#rules.values()].reduce((sum, rule) => sum + rule.unclaimed, 0);
  }

  #rule(id: string): Rule {
    const rule = this.#rules.get(id) ?? {
      firing: false,
      firedAt: 0,
      told: undefined,
      muted: undefined,
      snoozedUntil: 0,
      holder: undefined,
      quietUntil: 0,
      unclaimed: 0,
    };
    this.#rules.set(id, rule);
    return rule;
  }

  #inhibited(id: string): boolean {
    return id === "near" && this.#rule("sl").told !== undefined;
  }

  #tell(id: string, reason: string, now: number): void {
    const rule = this.#rule(id);
    const told = {
      rule: id,
      reason,
      firedAt: rule.firedAt,
      resolvedAt: null,
      suppressed: rule.unclaimed,
    };
    Object.assign(rule, { told, holder: told, unclaimed: 0, muted: undefined });
    rule.quietUntil = now + this.cooldown;
    this.notifications.push(told);
  }

  /** The rule fires, or is quiet again. */
  flip(id: string, now: number): "fired" | "resolved" {
    const rule = this.#rule(id);
    if (rule.firing) {
      if (rule.told) rule.told.resolvedAt = now;
      Object.assign(rule, { firing: false, told: undefined, muted: undefined });
      return "resolved";
    }
    this.fires += 1;
    Object.assign(rule, { firing: true, firedAt: now });
    const repeats = rule.holder !== undefined && now < rule.quietUntil;
    if (!repeats) {
      if (now < rule.snoozedUntil) rule.muted = "snooze";
      else if (this.#inhibited(id)) rule.muted = "inhibition";
    }
    if (!repeats && !rule.muted) this.#tell(id, "fired", now);
    else if (rule.holder) rule.holder.suppressed += 1;
    else rule.unclaimed += 1;
    return "fired";
  }

  snooze(id: string, until: number | null): void {
    this.#rule(id).snoozedUntil = until ?? 0;
  }

  /** Tells what was muted, fires, and is muted no longer. */
  release(now: number): void {
    for (const id of ["tp", "sl", "near"]) {
      const rule = this.#rule(id);
      if (!rule.muted || now < rule.snoozedUntil) continue;
      if (this.#inhibited(id)) rule.muted = "inhibition";
      else this.#tell(id, `${rule.muted}-ended`, now);
    }
  }
}
