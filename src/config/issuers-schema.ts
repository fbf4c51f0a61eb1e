import { z } from 'zod';
import { releaseName } from './fields.js';

const zone = z
  .string()
  .regex(
    /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$/,
    'must be a domain in small letters, such as example.org',
  );

/** An account at Let's Encrypt, as a ClusterIssuer of cert-manager. */
export const issuer = z
  .strictObject({
    name: releaseName.meta({ description: 'Name of the ClusterIssuer.' }),
    server: z.enum(['production', 'staging']).default('production').meta({
      description:
        "Which of Let's Encrypt's servers: staging has wide limits, and nobody trusts its certificates.",
    }),
    email: z
      .string()
      .regex(/^[^\s@]+@[^\s@]+\.[^\s@]+$/, 'must be an e-mail address')
      .optional()
      .meta({ description: 'Where the account can be reached.' }),
    solver: z.enum(['http01', 'cloudflare', 'hetzner']).meta({
      description:
        'How it is proved that a domain is yours: by a web page through a Gateway (HTTP-01), or by a DNS record at Cloudflare or at Hetzner (DNS-01).',
    }),
    gateway: z
      .strictObject({
        name: releaseName.meta({ description: 'Its name.' }),
        namespace: releaseName.default('default').meta({ description: 'Its namespace.' }),
      })
      .optional()
      .meta({
        description: 'The Gateway that shows the page. It is yours, and listens on port 80.',
        rule: 'Needed for `http01`, and for nothing else.',
      }),
    zones: z.array(zone).max(50).prefault([]).meta({
      description: 'The domains that it is for, with all below them; all unless given.',
      rule: 'For DNS-01 only.',
    }),
  })
  .meta({ description: "An issuer of Let's Encrypt, for the whole cluster." });
