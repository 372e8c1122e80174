import { type FocusEvent, useCallback } from "react";
import { useTranslation } from "react-i18next";
import type { Editor } from "./use-editor.js";

/** What an input needs to say what is wrong with it, and to be found when it is. */
export interface FieldProps {
  readonly error: string | undefined;
  readonly onBlur: (event: FocusEvent) => void;
  readonly "data-field": string;
}

/** Makes the {@link FieldProps} of a field of the editor. */
export function useField(editor: Editor): (field: string) => FieldProps {
  const { t } = useTranslation("monitors");
  const { errors, touch } = editor;
  return useCallback(
    (field) => {
      const wrong = errors[field];
      return {
        error:
          wrong && t(`errors.${wrong.key}`, { limit: wrong.limit ?? 0, message: wrong.message }),
        // A message that comes up while a button is being pressed would move the button away from under the press.
        onBlur: ({ relatedTarget }) => {
          if (!(relatedTarget instanceof HTMLButtonElement)) touch(field);
        },
        "data-field": field,
      };
    },
    [errors, touch, t],
  );
}
