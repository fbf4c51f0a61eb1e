/**
 * What Go's YAML makes of a scalar without quotes where no type says what it is to be
 * (go.yaml.in/yaml/v4, resolve.go). It reads some texts as YAML 1.1 does, and dates.
 */
export function resolveScalar(text: string): unknown {
  if (/^(?:~|null|Null|NULL)?$/.test(text)) return null;
  if (/^(?:true|True|TRUE)$/.test(text)) return true;
  if (/^(?:false|False|FALSE)$/.test(text)) return false;
  if (!/^[-+.\d]/.test(text)) return text;
  return timestamp(text) ?? integer(text.replaceAll('_', '')) ?? float(text) ?? text;
}

/** Whether Go's encoder puts a text into quotes, so that older readers take it for a text too. */
export function needsQuotes(text: string): boolean {
  const isOldBool = /^(?:y|Y|yes|Yes|YES|on|On|ON|n|N|no|No|NO|off|Off|OFF)$/.test(text);
  const isBase60 = /^[-+]?\d[\d_]*(?::[0-5]?\d)+(?:\.[\d_]*)?$/.test(text);
  return isOldBool || isBase60 || typeof resolveScalar(text) !== 'string' || isTimestamp(text);
}

const dateForms =
  /^(\d{4})-(\d\d?)-(\d\d?)(?:(?:[Tt](\d\d?):(\d\d?):(\d\d?)(?:\.\d+)?Z)|(?: (\d\d?):(\d\d?):(\d\d?)(?:\.\d+)?))?$/;

/** Whether Go reads the text as a date or a point in time. */
export function isTimestamp(text: string): boolean {
  return dateForms.test(text);
}

/** As a machine configuration shows it afterwards: a point in time. */
function timestamp(text: string): string | undefined {
  const [, year = '', month = '', day = '', ...rest] = dateForms.exec(text) ?? [];
  if (year === '') return undefined;
  const [hour = '0', minute = '0', second = '0'] = rest.filter((part) => part);
  const two = (part: string): string => part.padStart(2, '0');
  return `${year}-${two(month)}-${two(day)}T${two(hour)}:${two(minute)}:${two(second)}Z`;
}

/** Go's ParseInt with the base that the prefix says; a leading zero is octal. */
function integer(plain: string): number | undefined {
  const [, sign = '', digits = ''] =
    /^([-+]?)(0[bB][01]+|0[oO][0-7]+|0[xX][\da-fA-F]+|\d+)$/.exec(plain) ?? [];
  if (digits === '') return undefined;
  const isOctal = /^0\d+$/.test(digits);
  if (isOctal && /[89]/.test(digits)) return undefined;
  const value = Number(isOctal ? `0o${digits.slice(1)}` : digits.toLowerCase());
  return sign === '-' ? -value : value;
}

function float(text: string): number | undefined {
  if (/^[-+]?\.(?:inf|Inf|INF)$/.test(text)) return text.startsWith('-') ? -Infinity : Infinity;
  const plain = text.replaceAll('_', '');
  return /^[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?$/.test(plain) ? Number(plain) : undefined;
}
