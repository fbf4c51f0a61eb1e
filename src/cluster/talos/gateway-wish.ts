import type { ClusterConfig } from '../../config/schema.js';
import type { GatewayApiWish } from '../kubernetes/gateway-api.js';
import { gatewayApiVersion } from './versions.js';

/** What cluster.yaml wants of the Gateway API. */
export function gatewayWish({ cilium: { version }, addons }: ClusterConfig): GatewayApiWish {
  const { channel } = addons.gateway_api;
  return { wanted: gatewayApiVersion(version), cilium: version, channel };
}
