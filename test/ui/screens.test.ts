import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import { widthOf } from '../../src/ui/wrap.js';
import { scenes } from './scenes.js';

const widths = [60, 80, 120, 200];
const all = Object.entries(scenes);

/** All widths below each other, and how it looks with colours and in ASCII. */
function pictures(scene: (typeof scenes)[string]): string {
  const parts = widths.map((columns) => ({
    title: `${columns} columns`,
    text: scene({ color: false, columns }),
  }));
  const colored = scene({ color: true, columns: 80 }).replaceAll('\u001B[', '\\e[');
  const ascii = scene({ color: false, columns: 80, ascii: true });
  return [...parts, { title: 'with colours', text: colored }, { title: 'LANG=C', text: ascii }]
    .map(({ title, text }) => `==== ${title} ====\n${text}`)
    .join('\n');
}

describe.each(all)('the screen %s', (name, scene) => {
  test('looks as it did', async () => {
    await expect(pictures(scene)).toMatchFileSnapshot(`screens/${name}.txt`);
  });

  test.each(widths)('breaks no word at %i columns, and has no line that is wider', (columns) => {
    const text = scene({ color: false, columns });
    expect(words(text)).toEqual(words(scene({ color: false, columns: undefined })));
    const wide = text.split('\n').filter((line) => widthOf(line) > columns);
    // A command is pasted, so it is never broken; nothing else stands on its line.
    for (const line of wide) expect(line).toMatch(/^ *(?:→ )?oxide --config /);
  });

  test('says the same in colours', () => {
    const looks = { columns: 80 };
    const colored = scene({ ...looks, color: true });
    expect(stripVTControlCharacters(colored)).toBe(scene({ ...looks, color: false }));
  });

  test('has only ASCII where the locale has no more', () => {
    expect(scene({ color: false, columns: 80, ascii: true })).toMatch(/^\p{ASCII}*$/u);
  });
});

test('a status of eight nodes fits on a screen of 24 rows, with the prompt below it', () => {
  const rows = scenes['status-healthy']?.({ color: false, columns: 80 }).split('\n');
  expect(rows?.length).toBeLessThanOrEqual(24);
});

function words(text: string): string[] {
  return text.split(/\s+/).sort();
}
