import { createCertificate } from '../../pki.js';
import { encodeYaml } from '../machine-config/encode.js';
import { GrpcError } from '../protocol.js';
import { demandControlPlane, type CallContext, type HandlersOf } from './context.js';

/** Calls that let others in. */
export const clientHandlers: HandlersOf<'GenerateClientConfiguration'> = {
  GenerateClientConfiguration: async (context, { roles, lifetimeMs }) => ({
    talosconfig: await clientConfiguration(context, roles, lifetimeMs),
  }),
};

/** A talosconfig whose new certificate has these roles (Talos source, v1alpha1_server.go). */
async function clientConfiguration(
  context: CallContext,
  roles: readonly string[],
  lifetimeMs: number,
): Promise<string> {
  const { settings } = demandControlPlane(context, 'generate client configuration');
  if (lifetimeMs <= 0) throw new GrpcError('InvalidArgument', 'crt_ttl should be positive');
  const { crt, key } = await createCertificate({
    issuer: settings.osCa,
    subject: { organizations: roles },
    usage: 'client',
    notBefore: context.now,
    lifetimeMs,
  });
  const [role = '', ...more] = roles;
  const isNamed = role !== '' && more.length === 0;
  const name = `${isNamed ? `${role.replace(/^os:/, '')}@` : ''}${settings.clusterName}`;
  const pems = { ca: base64(settings.osCa.crt), crt: base64(crt), key: base64(key) };
  return encodeYaml({ context: name, contexts: { [name]: { endpoints: [], ...pems } } });
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
