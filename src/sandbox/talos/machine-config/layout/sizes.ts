import { quote } from './go-text.js';

const powers = 'kmgtpe';

/** The bytes of a size as dustin/go-humanize reads it (`10GiB`, `1.5 TB`), or what is wrong. */
export function bytesOf(text: string): number | string {
  const [, digits = ''] = /^([\d.,]*)/.exec(text) ?? [];
  const number = digits.replaceAll(',', '');
  if (!/^(\d+\.?\d*|\.\d+)$/.test(number)) {
    return `strconv.ParseFloat: parsing ${quote(number)}: invalid syntax`;
  }
  const unit = text.slice(digits.length).trim().toLowerCase();
  const [, letter = '', kibi = ''] = /^([kmgtpe]?)(i?)b?$/.exec(unit) ?? [];
  if (!/^([kmgtpe]i?)?b?$/.test(unit)) return `unhandled size name: ${unit}`;
  const bytes = Number(number) * (kibi === '' ? 1000 : 1024) ** (powers.indexOf(letter) + 1);
  const isTooLarge = letter !== '' || unit !== '' ? bytes >= 2 ** 64 : bytes >= 2 ** 64;
  return isTooLarge ? `too large: ${text}` : Math.floor(bytes);
}

export function sizeObjection(text: string): string | undefined {
  const bytes = bytesOf(text);
  return typeof bytes === 'string' ? bytes : undefined;
}

/** Of the size in a disk selector of the section `install`: an operator may stand before it. */
export function diskSizeObjection(given: string): string | undefined {
  const text = given.trim();
  const size = text.replace(/^(>=|<=|>|<|==)/, '');
  const why = sizeObjection(size.trim());
  return why === undefined ? undefined : `failed to parse disk size ${size}: ${why}`;
}

export function percentageObjection(text: string): string | undefined {
  if (!text.endsWith('%')) return "percentage must end with '%'";
  const number = text.replace(/^-/, '').slice(0, -1);
  if (!/^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$/.test(number)) {
    return `invalid percentage value: strconv.ParseFloat: parsing ${quote(number)}: invalid syntax`;
  }
  const value = Number(number);
  return value < 0 || value > 100
    ? `percentage must be between 0 and 100, got ${value}`
    : undefined;
}
