/** A word as a shell takes it. */
export function quote(word: string): string {
  return /^[\w@%+:,./-][\w@%+=:,./-]*$/.test(word) ? word : inQuotes(word);
}

/** A value in quotes, also one that could stand without. */
export function inQuotes(value: string): string {
  return `'${value.replaceAll("'", `'\\''`)}'`;
}
