import type { ClusterConfig } from '../../../config/schema.js';
import type { Difference } from '../difference.js';

const idKey = 'talos.schematic_id';
const isPart = ({ key }: Difference): boolean => key.startsWith('talos.schematic.');

/**
 * What is added to Talos is known as an id and as what it stands for: told is the one that the file
 * has. The same id is no difference, however it is written.
 */
export function schematicToldOnce(
  { talos }: ClusterConfig,
  differences: readonly Difference[],
): readonly Difference[] {
  const isOther = differences.some(({ key }) => key === idKey);
  const parts = isOther && talos.schematic_id === undefined ? differences.filter(isPart) : [];
  return differences.filter(
    (one) => !(isPart(one) && !parts.includes(one)) && !(one.key === idKey && parts.length > 0),
  );
}
