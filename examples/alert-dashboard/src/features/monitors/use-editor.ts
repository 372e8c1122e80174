import type { AlertKind } from "@tocsin/protocol/alerts";
import type { MonitorView } from "@tocsin-example/alert-contract/rest";
import { useCallback, useMemo, useState } from "react";
import { ApiError } from "../../api/http.js";
import { useMonitorMutations } from "../../api/queries.js";
import { checkForm, type FormErrors, fieldBehind } from "./form-errors.js";
import { emptyForm, type FormValues, formOf, monitorOf } from "./form-values.js";
import { emptyRule, type RuleDraft } from "./rule-draft.js";

/** What is being written, and which monitor it will change; a new one when `id` is `undefined`. */
interface Edited {
  readonly id: string | undefined;
  readonly values: FormValues;
  /** Fields that were left once: what is wrong with them is told. */
  readonly touched: ReadonlySet<string>;
  /** Whether it was tried to save it: everything wrong is told. */
  readonly tried: boolean;
  /** What the server refused, until something is changed. */
  readonly refused: FormErrors;
}

/** The editor of monitors: one at a time, shared by the form and the chart. */
export interface Editor {
  /** `undefined` while nothing is edited. */
  readonly edited: Edited | undefined;
  /** What is wrong and may be told by now. */
  readonly errors: FormErrors;
  readonly saving: boolean;
  create(symbol: string, rules?: readonly RuleDraft[]): void;
  edit(monitor: MonitorView): void;
  change(values: Partial<FormValues>): void;
  changeRule(index: number, values: Partial<RuleDraft>): void;
  addRule(kind: AlertKind, values?: Partial<RuleDraft>): void;
  removeRule(index: number): void;
  touch(field: string): void;
  /** Saves; resolves with the monitor, or with nothing when something is wrong. */
  save(): Promise<MonitorView | undefined>;
  close(): void;
}

const NOTHING: FormErrors = {};

export function useEditor(): Editor {
  const [edited, setEdited] = useState<Edited>();
  const { create, change } = useMonitorMutations();

  const begin = useCallback((id: string | undefined, values: FormValues) => {
    setEdited({ id, values, touched: new Set(), tried: false, refused: NOTHING });
  }, []);
  const update = useCallback((next: (values: FormValues) => FormValues) => {
    setEdited((now) => now && { ...now, values: next(now.values), refused: NOTHING });
  }, []);

  const wrong = useMemo(() => (edited ? checkForm(edited.values) : NOTHING), [edited]);
  const errors = useMemo(() => {
    if (!edited) return NOTHING;
    const told = Object.entries(wrong).filter(
      ([field]) => edited.tried || edited.touched.has(field),
    );
    return { ...Object.fromEntries(told), ...edited.refused };
  }, [edited, wrong]);

  async function save(): Promise<MonitorView | undefined> {
    if (!edited) return undefined;
    const wanted = monitorOf(edited.values);
    setEdited({ ...edited, tried: true });
    if (!wanted) return undefined;
    try {
      const { symbol: _, ...rest } = wanted;
      const saved =
        edited.id === undefined
          ? await create.mutateAsync(wanted)
          : await change.mutateAsync({ id: edited.id, change: rest });
      setEdited(undefined);
      return saved;
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      const field = error instanceof ApiError && error.field ? fieldBehind(error.field) : "rules";
      setEdited({ ...edited, tried: true, refused: { [field]: { key: "other", message } } });
      return undefined;
    }
  }

  return {
    edited,
    errors,
    saving: create.isPending || change.isPending,
    create: useCallback(
      (symbol, rules = [emptyRule("crossing")]) => begin(undefined, emptyForm(symbol, rules)),
      [begin],
    ),
    edit: useCallback((monitor) => begin(monitor.id, formOf(monitor)), [begin]),
    change: useCallback((values) => update((now) => ({ ...now, ...values })), [update]),
    changeRule: useCallback(
      (index, values) =>
        update((now) => ({
          ...now,
          rules: now.rules.map((rule, at) => (at === index ? { ...rule, ...values } : rule)),
        })),
      [update],
    ),
    addRule: useCallback(
      (kind, values) =>
        update((now) => ({ ...now, rules: [...now.rules, emptyRule(kind, values)] })),
      [update],
    ),
    removeRule: useCallback(
      (index) => update((now) => ({ ...now, rules: now.rules.filter((_, at) => at !== index) })),
      [update],
    ),
    touch: useCallback((field) => {
      setEdited(
        (now) =>
          now &&
          (now.touched.has(field) ? now : { ...now, touched: new Set([...now.touched, field]) }),
      );
    }, []),
    save,
    close: useCallback(() => setEdited(undefined), []),
  };
}
