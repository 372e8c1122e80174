import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { newMonitor } from "@tocsin/protocol/alerts";
import type { PreviewResult } from "@tocsin-example/alert-contract/rest";
import { useMemo } from "react";
import { useApi } from "../../api/api-context.js";
import { queryKeys } from "../../api/queries.js";
import { type FormValues, monitorOf } from "./form-values.js";

/** How long nothing is typed before the server is asked, milliseconds. */
const PAUSE_MS = 400;

/** When what stands in the editor would have fired. */
export type PreviewView =
  | { readonly state: "none" | "invalid" | "loading" }
  | { readonly state: "failed"; readonly message: string }
  | { readonly state: "known"; readonly result: PreviewResult };

export function usePreview(values: FormValues | undefined, days: number): PreviewView {
  const api = useApi();
  const asked = useMemo(() => {
    const monitor = values && monitorOf(values);
    if (!monitor) return undefined;
    const { symbol, rules, cooldownMs } = monitor;
    return JSON.stringify({ symbol, rules, cooldownMs, days });
  }, [values, days]);
  const [settled] = useDebouncedValue(asked, PAUSE_MS);
  const preview = useQuery({
    queryKey: queryKeys.preview(settled),
    queryFn: ({ signal }) => {
      const { days: over, ...input } = JSON.parse(settled ?? "") as { days: number };
      const { symbol, rules, cooldownMs } = newMonitor.parse(input);
      return api.preview({ symbol, rules, cooldownMs, days: over }, signal);
    },
    enabled: settled !== undefined && asked !== undefined,
    placeholderData: keepPreviousData,
    retry: false,
  });
  if (!values) return { state: "none" };
  if (asked === undefined) return { state: "invalid" };
  if (preview.isError) return { state: "failed", message: preview.error.message };
  return preview.data && !preview.isPlaceholderData
    ? { state: "known", result: preview.data }
    : { state: "loading" };
}
