import { listOr, objectOr, stringOr, valueAt } from './json.js';
import type { KubeObject } from './objects.js';

/** Who serves an API: the Service of the cluster, or the API server itself. */
export function apiServer({ spec }: KubeObject): string {
  const { namespace, name } = objectOr(valueAt(spec, ['service']));
  return name === undefined ? 'Local' : `${stringOr(namespace)}/${stringOr(name)}`;
}

/** Whether an API can be asked, and why not. */
export function apiAvailability({ spec, status }: KubeObject): string {
  if (valueAt(spec, ['service']) === undefined) return 'True';
  const conditions = listOr(valueAt(status, ['conditions'])).map(objectOr);
  const available = conditions.find(({ type }) => type === 'Available');
  if (!available) return 'Unknown';
  const { status: answer, reason } = available;
  return answer === 'True' ? 'True' : `${stringOr(answer)} (${stringOr(reason)})`;
}

/** What became of a certificate request (Kubernetes source, printersinternal, extractCSRStatus). */
export function requestCondition({ status }: KubeObject): string {
  const types = listOr(valueAt(status, ['conditions'])).map((item) => objectOr(item)['type']);
  const verdict = ['Denied', 'Approved'].find((type) => types.includes(type)) ?? 'Pending';
  const failed = types.includes('Failed') ? ',Failed' : '';
  const issued = stringOr(valueAt(status, ['certificate'])) === '' ? '' : ',Issued';
  return verdict + failed + issued;
}
