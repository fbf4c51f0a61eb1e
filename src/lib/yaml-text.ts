import { Document, Scalar, visit } from 'yaml';

/**
 * YAML for another tool. Readers of YAML 1.1, and Go's, take texts such as `2020-01-01`, `1_000`,
 * `0b11` or `yes` for dates, numbers and booleans unless they are in quotes; so every text that
 * they might read otherwise gets them.
 */
export function toYaml(value: unknown): string {
  const document = new Document(value, { aliasDuplicateObjects: false });
  quoteTexts(document);
  return yamlOf(document);
}

/** Puts the texts of a document into quotes that a reader might take for something else. */
export function quoteTexts(document: Document): void {
  visit(document, {
    Scalar: (_key, node) => {
      if (typeof node.value !== 'string') return;
      if (!readsAlike(node.value)) node.type = Scalar.QUOTE_DOUBLE;
    },
  });
}

/** Writes a document; what readers refuse unless it is escaped stands in quotes by then. */
export function yamlOf(document: Document): string {
  return document.toString({ lineWidth: 0 }).replaceAll(unprintable, escaped);
}

/** The words that some reader takes for a boolean, for nothing or for a number. */
const words = /^(?:y|yes|n|no|on|off|true|false|null|nan|inf)$/i;

/** Control characters and line ends that only some dialects know. */
const unprintable = /[\u007f-\u009f\u2028\u2029\ufeff]/g;

/** A text that begins with a letter or a slash is a text in every dialect, but for those words. */
function readsAlike(text: string): boolean {
  return /^[a-z/]/i.test(text) && !words.test(text) && text.search(unprintable) < 0;
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
