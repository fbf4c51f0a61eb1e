/** What was found out, or why it was not. */
export type Answer<T> = { readonly is: T } | { readonly unknown: string };
