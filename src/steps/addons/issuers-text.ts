import { issuerObjects } from '../../addons/issuers.js';
import { PreconditionError } from '../../lib/errors.js';
import type { FlowContext } from '../run/context.js';

/**
 * The manifest of the issuers with the tokens that they need. It goes to kubectl's input only; another token is
 * another text, and shows as such.
 */
export function issuersText({ config, clusterToken, cloudflareToken }: FlowContext): string {
  const { issuers } = config.addons.cert_manager;
  const asking = issuers.find(({ solver }) => solver === 'cloudflare');
  const cloudflare = cloudflareToken?.reveal().trim();
  if (asking && !cloudflare) {
    throw new PreconditionError(
      `the issuer ${asking.name} needs the token of Cloudflare`,
      'Set CLOUDFLARE_API_TOKEN, with the permissions Zone.DNS edit and Zone.Zone read.',
    );
  }
  const items = issuerObjects(config, { hetzner: clusterToken.token.reveal(), cloudflare });
  return JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
}
