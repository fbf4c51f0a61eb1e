import { readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { projectFolder } from './source-files.js';

/** A page of the documentation; the path is relative to the project and has slashes. */
export interface Page {
  readonly path: string;
  readonly text: string;
}

/** README.md and everything below docs/. */
export function readPages(): readonly Page[] {
  const below = readdirSync(join(projectFolder, 'docs'), { recursive: true, encoding: 'utf8' });
  const paths = below.filter((name) => name.endsWith('.md')).map((name) => join('docs', name));
  return ['README.md', ...paths.sort()].map((path) => ({
    path: path.split(sep).join('/'),
    text: readFileSync(join(projectFolder, path), 'utf8'),
  }));
}

const fence = /^```(\w*)\n([\s\S]*?)^```$/gm;

/** The contents of inline code. */
export function inlineCode(text: string): readonly string[] {
  return [...text.replace(fence, '').matchAll(/`([^`\n]+)`/g)].map(([, code]) => code ?? '');
}

/** The lines of shell blocks, continued lines joined and comments removed. */
export function shellLines(text: string): readonly string[] {
  return [...text.matchAll(fence)]
    .filter(([, language]) => language === 'sh')
    .flatMap(([, , block = '']) => block.replaceAll('\\\n', ' ').split('\n'))
    .map((line) => line.replace(/(^|\s)#.*$/, '').trim())
    .filter((line) => line !== '');
}

/** The targets of links. */
export function links(text: string): readonly string[] {
  return [...text.replace(fence, '').matchAll(/\]\(([^)\s]+)\)/g)].map(
    ([, target]) => target ?? '',
  );
}

/** The titles of all sections. */
export function headings(text: string): readonly string[] {
  return [...text.replace(fence, '').matchAll(/^#+ (.+)$/gm)].map(([, title]) => title ?? '');
}

/** The anchor that GitHub makes of a title. */
export function anchorOf(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replaceAll(' ', '-');
}
