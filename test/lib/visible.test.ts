import { describe, expect, it } from 'vitest';
import { Secret } from '../../src/lib/secret.js';
import { visibleData, visibleLine, visibleText } from '../../src/lib/visible.js';
import { renderJson } from '../../src/ui/json.js';

describe('text of others', () => {
  it.each([
    ['an escape', '\u001b[2J', '\\u001b[2J'],
    ['its form of one character', '\u009b2J', '\\u009b2J'],
    ['line breaks of every kind', 'a\nb\rc\u2028d\u0085e', 'a\\nb\\rc\\u2028d\\u0085e'],
    ['text that runs the other way', 'a\u202eb\u2066c', 'a\\u202eb\\u2066c'],
    ['what takes no room', 'a\u200bb\u200dc\ufeffd\u00ade', 'a\\u200bb\\u200dc\\ufeffd\\u00ade'],
    ['letters that are empty', '\u3164\u115f', '\\u3164\\u115f'],
    ['tags', '\u{e0041}', '\\udb40\\udc41'],
    ['half a character', '\ud800', '\\ud800'],
    ['DEL', '\u007f', '\\u007f'],
  ])('shows %s', (_, text, shown) => {
    expect(visibleLine(text)).toBe(shown);
  });

  it('stays as it is where there is nothing to hide', () => {
    for (const text of ['demo-web-1', 'Zürich → ✔ “x”', '日本語', 'a b'])
      expect(visibleLine(text)).toBe(text);
  });

  it('keeps its lines where it may have several', () => {
    expect(visibleText('a\r\n\tb\u001bc\rd')).toBe('a\n\tb\\u001bc\\rd');
  });

  it('is shown wherever it stands in data, which stays as it was', () => {
    const secret = new Secret('x');
    const data = { name: 'a\n', list: [{ label: '\u001b' }, 1, null, undefined], secret };
    expect(visibleData(data)).toEqual({
      name: 'a\\n',
      list: [{ label: '\\u001b' }, 1, null, undefined],
      secret,
    });
    expect(data.name).toBe('a\n');
  });

  it('is the same document as JSON, and nothing that a terminal obeys', () => {
    const result = { name: 'a\n\u001b\u009b\u202e\u{e0041}"' };
    expect(renderJson(result)).toMatch(/^[\n\u0020-\u007e]*$/);
    expect(JSON.parse(renderJson(result))).toEqual(result);
  });
});
