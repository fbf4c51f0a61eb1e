/** A line of a plot: seconds by number of workers. */
export interface Line {
  readonly name: string;
  readonly colour: string;
  readonly points: readonly (readonly [workers: number, seconds: number])[];
}

const [width, height, margin] = [720, 360, 56];

/** How long creates of all sizes take, as an SVG picture; `path` is what none can do without. */
export function plotOf(lines: readonly Line[], path: number): string {
  const points = lines.flatMap((line) => line.points);
  const most = Math.max(...points.map(([workers]) => workers));
  const top = Math.ceil((Math.max(path, ...points.map(([, seconds]) => seconds)) * 1.1) / 50) * 50;
  const x = (workers: number): string =>
    (margin + (workers / most) * (width - 2 * margin)).toFixed(1);
  const y = (seconds: number): string =>
    (height - margin - (seconds / top) * (height - 2 * margin)).toFixed(1);
  const ticks = Array.from({ length: top / 50 + 1 }, (_, i) => i * 50);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12">`,
    `<rect width="${width}" height="${height}" fill="white"/>`,
    ...ticks.map(
      (tick) =>
        `<path d="M${margin} ${y(tick)}H${width - margin}" stroke="#ddd"/><text x="${margin - 8}" y="${y(tick)}" text-anchor="end" dominant-baseline="middle">${tick}</text>`,
    ),
    `<text x="${margin - 40}" y="${margin - 24}">seconds</text>`,
    ...[0, 20, 40, 60, 80, most].map(
      (tick) =>
        `<text x="${x(tick)}" y="${height - margin + 20}" text-anchor="middle">3+${tick}</text>`,
    ),
    `<path d="M${x(0)} ${y(path)}H${x(most)}" stroke="#888" stroke-dasharray="4 4"/>`,
    `<text x="${x(most)}" y="${y(path)}" dy="16" text-anchor="end" fill="#666">the path, ${path} s</text>`,
    ...lines.flatMap(({ name, colour, points: own }, i) => [
      `<polyline fill="none" stroke="${colour}" stroke-width="2" points="${own.map(([workers, seconds]) => `${x(workers)},${y(seconds)}`).join(' ')}"/>`,
      `<text x="${margin + 16}" y="${margin - 8 + 18 * i}" fill="${colour}">${name}</text>`,
    ]),
    '</svg>',
    '',
  ].join('\n');
}
