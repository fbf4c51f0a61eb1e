import { X509Certificate } from 'node:crypto';

/** A certificate that is kept in the cluster. */
export interface ClusterCertificate {
  /** Of its Secret. */
  readonly name: string;
  readonly ends: Date;
}

/** What `getCertificates` has kubectl print: name and certificate, never the key. */
export const certificateTemplate =
  'jsonpath={range .items[*]}{.metadata.name} {.data.tls\\.crt}{"\\n"}{end}';

/** Reads those of Cilium and Hubble; what is no certificate is left out. */
export function parseCertificates(stdout: string): readonly ClusterCertificate[] {
  return stdout.split('\n').flatMap((line) => {
    const [name = '', certificate = ''] = line.trim().split(' ');
    return certificateOf(name, certificate);
  });
}

/** The certificate of a Secret, in base64; none when it is of others, or cannot be read. */
export function certificateOf(name: string, certificate: string): readonly ClusterCertificate[] {
  if (!/^(hubble|cilium)-/.test(name)) return [];
  try {
    const { validTo } = new X509Certificate(Buffer.from(certificate, 'base64'));
    return [{ name, ends: new Date(validTo) }];
  } catch {
    return [];
  }
}
