import { layers, rooms } from './architecture.js';

/**
 * The layers and rooms as a mermaid flowchart: an arrow goes to what a layer may import. What it
 * reaches through another layer as well has no arrow of its own, and of the rooms of a layer each
 * uses all that stand below it.
 */
export function picture(): string {
  return [
    'flowchart TD',
    ...Object.keys(layers).flatMap(boxOf),
    ...Object.entries(layers).flatMap(([layer, inner]) =>
      inner
        .filter((other) => !inner.some((between) => reaches(between, other)))
        .map((other) => `  ${layer} --> ${other}`),
    ),
  ].join('\n');
}

function boxOf(layer: string): readonly string[] {
  const inside = rooms[layer];
  if (!inside) return [`  ${layer}["${layer}/"]`];
  const chain = inside.map((room) => `${layer}-${room}["${room}/"]`).join(' --> ');
  return [`  subgraph ${layer}["${layer}/"]`, '    direction TB', `    ${chain}`, '  end'];
}

function reaches(from: string, to: string): boolean {
  const inner = layers[from] ?? [];
  return inner.includes(to) || inner.some((between) => reaches(between, to));
}
