/** Which plural forms English has; other languages have others, but all of them have `_other`. */
type OnlyEnglish = `${string}_one`;

/** The same keys with words of another language. */
export type Translated<Words> = {
  readonly [Key in keyof Words as Key extends OnlyEnglish ? never : Key]: Words[Key] extends string
    ? string
    : Translated<Words[Key]>;
};
