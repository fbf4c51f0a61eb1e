import { stringify } from 'yaml';
import { createCertificate } from '../pki.js';
import { validityUnder } from './api-server.js';
import type { NodeSettings } from './node-settings.js';

/** The administrator's kubeconfig as Talos writes it: a client certificate of one year. */
export async function adminKubeconfig(settings: NodeSettings, now: number): Promise<string> {
  const { clusterName, endpoint, kubernetesCa } = settings;
  const admin = await createCertificate({
    issuer: kubernetesCa,
    subject: { organizations: ['system:masters'], commonName: 'admin' },
    usage: 'client',
    ...validityUnder(kubernetesCa.crt, now),
  });
  const user = `admin@${clusterName}`;
  return stringify(
    {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [
        {
          name: clusterName,
          cluster: { server: endpoint, 'certificate-authority-data': base64(kubernetesCa.crt) },
        },
      ],
      users: [
        {
          name: user,
          user: {
            'client-certificate-data': base64(admin.crt),
            'client-key-data': base64(admin.key),
          },
        },
      ],
      contexts: [{ context: { cluster: clusterName, namespace: 'default', user }, name: user }],
      'current-context': user,
    },
    { indentSeq: false, lineWidth: 0 },
  );
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
