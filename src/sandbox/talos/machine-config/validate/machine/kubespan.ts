import { quote } from '../../layout/go-text.js';
import { isSubnetOrAddress, parsePrefix } from '../../layout/network-texts.js';
import type { ClusterSection } from '../../types.js';
import { list, mapping, text, type Mapping } from '../../values.js';

/** Of KubeSpan's links (Talos source, constants.go). */
const defaultMtu = 1420;
const smallestMtu = 1280;

/** What is wrong with KubeSpan's links. */
export function kubespanLinkErrors({ mtu = defaultMtu }: { readonly mtu?: number }): string[] {
  return mtu < smallestMtu ? [`kubespan link MTU must be at least ${smallestMtu}`] : [];
}

/** What is wrong with KubeSpan where it is enabled. */
export function kubespanErrors(
  kubespan: Mapping,
  cluster: ClusterSection | undefined,
  minor: number,
): string[] {
  const when = 'when .machine.network.kubespan is enabled';
  const filters = mapping(kubespan['filters']);
  const isDiscovering = cluster?.discovery !== undefined && cluster.discovery.enabled !== false;
  const identity = [
    ...(isDiscovering ? [] : [`.cluster.discovery should be enabled ${when}`]),
    ...((cluster?.id ?? '') === '' ? [`.cluster.id should be set ${when}`] : []),
    ...((cluster?.secret ?? '') === '' ? [`.cluster.secret should be set ${when}`] : []),
  ];
  return [
    ...(minor < 14 ? identity : []),
    ...list(filters['endpoints'])
      .map(text)
      .filter((filter) => !isSubnetOrAddress(filter))
      .map((filter) => `KubeSpan endpoint filter is not valid: ${quote(filter.replace(/^!/, ''))}`),
    ...list(filters['excludeAdvertisedNetworks'])
      .map(text)
      .filter((network) => parsePrefix(network) !== undefined)
      .map(
        (network) => `KubeSpan exclude advertised networks filter is not valid: ${quote(network)}`,
      ),
  ];
}
