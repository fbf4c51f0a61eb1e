/**
 * What a tool prints may quote the user's own configuration, in which secrets stand: talosctl shows
 * the keys that it does not know with their values, helm the values that a schema refuses.
 */
const hidden: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [A-Z0-9 ]+-----[\s\S]*?(-----END [A-Z0-9 ]+-----|$)/g, '[redacted]'],
  // A key that names a secret, in YAML, JSON or a log: its value goes.
  [
    /\b([\w-]*(?:token|passw(?:or)?d|secret|credential|private[_-]?key|api[_-]?key|auth)["']?\s*[:=]\s*)(?!\s|\[redacted\])("(?:[^"\\\n]|\\.)*"|'[^'\n]*'|[^\s,}\]]+)/gi,
    '$1[redacted]',
  ],
  [/\b(key["']?:\s+)("[^"\n]{16,}"|[^\s,}\]]{16,})/g, '$1[redacted]'],
  // Base64 of keys and certificates. Digests, which anybody may read, have no capital letters.
  [
    /(?<![\w+/=])(?=\S*[A-Z])(?=\S*[a-z])(?=\S*\d)[A-Za-z0-9+][A-Za-z0-9+/]{39,}={0,2}(?![\w+/=])/g,
    '[redacted]',
  ],
];

/** A tool's words without what looks like a secret. */
export function withoutSecrets(text: string): string {
  return hidden.reduce(
    (rest, [pattern, instead]) => rest.replace(pattern, instead),
    withoutLogins(text),
  );
}

/** A text without the names and passwords that its URLs hold. */
export function withoutLogins(text: string): string {
  return text.replace(/\b([a-z][a-z\d+.-]*:\/\/)[^\s/@'"]+@/gi, '$1[redacted]@');
}
