import { isUtf8 } from 'node:buffer';

/** The text of a file, or why it is none. */
export type FileText = { readonly text: string } | { readonly reason: string };

/** Reads bytes as UTF-8, as YAML files are; a mark at their beginning is left out. */
export function fileText(bytes: Uint8Array): FileText {
  const encoding = wideEncoding(bytes);
  if (encoding !== undefined) {
    return { reason: `it is written in ${encoding}, and oxide reads UTF-8: save it as UTF-8` };
  }
  if (bytes.includes(0)) return { reason: 'it is no text file: there are zero bytes in it' };
  if (isUtf8(bytes)) return { text: new TextDecoder().decode(bytes) };
  const reason = 'there are bytes that are no UTF-8: save the file as UTF-8';
  return { reason: `line ${firstWrongLine(bytes)}: ${reason}` };
}

/** By the mark that such files begin with; without one, by the zero beside each of the first letters. */
function wideEncoding([first, second, third, fourth]: Uint8Array): string | undefined {
  if (first === 0xff && second === 0xfe) return 'UTF-16';
  if (first === 0xfe && second === 0xff) return 'UTF-16';
  const isLittle = first !== 0 && second === 0 && third !== 0 && fourth === 0;
  const isBig = first === 0 && second !== 0 && third === 0 && fourth !== 0;
  return isLittle || isBig ? 'UTF-16' : undefined;
}

function firstWrongLine(bytes: Uint8Array): number {
  let line = 1;
  let start = 0;
  for (let end = bytes.indexOf(0x0a); end !== -1; end = bytes.indexOf(0x0a, start)) {
    if (!isUtf8(bytes.subarray(start, end))) break;
    start = end + 1;
    line++;
  }
  return line;
}
