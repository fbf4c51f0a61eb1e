import { list, mapping, text, type Mapping } from '../values.js';

/** What is wrong with the rules of an `ImageVerificationConfig`. */
export function imageRuleErrors(body: Mapping): string[] {
  return list(body['rules']).flatMap((entry, index) =>
    ruleErrors(mapping(entry)).map((why) => `rule ${index}: ${why}`),
  );
}

function ruleErrors(rule: Mapping): string[] {
  const { keyless, publicKey } = rule;
  const [skip, deny] = [rule['skip'] === true, rule['deny'] === true];
  const hasVerifiers = keyless !== undefined || publicKey !== undefined;
  const errors: string[] = [];
  if (text(rule['image']) === '') errors.push('imagePattern must be specified');
  if (skip && deny) errors.push('skip and deny cannot both be true');
  if ((skip || deny) && hasVerifiers) {
    errors.push('verifiers cannot be configured if skip or deny is true');
  }
  if (!skip && !deny && !hasVerifiers) errors.push('at least one verifier must be configured');
  if (keyless !== undefined && publicKey !== undefined) {
    errors.push('only one of keyless or publicKey verifier can be configured');
  }
  if (keyless !== undefined) {
    const { issuer, subject, subjectRegex } = mapping(keyless);
    if (text(issuer) === '') errors.push('verifier OIDC issuer must be specified');
    if (text(subject) === '' && text(subjectRegex) === '') {
      errors.push('verifier subject or subjectRegex must be specified');
    }
  }
  if (publicKey !== undefined && text(mapping(publicKey)['certificate']) === '') {
    errors.push('verifier certificates must be specified');
  }
  return errors;
}

/** What is only odd about the rules. */
export function imageRuleWarnings(body: Mapping): string[] {
  return list(body['rules']).flatMap((entry, index) => {
    const image = text(mapping(entry)['image']);
    const only =
      'but matching only applies to the image registry and repository, not the tag or digest';
    const at = `rule ${index}: imagePattern`;
    const [, ...path] = image.split('/');
    return [
      ...(image.includes('@') ? [`${at} contains '@' ${only}`] : []),
      ...(path.join('/').includes(':') ? [`${at} contains ':' ${only}`] : []),
      ...(image !== '' && image !== '*' && !image.includes('/')
        ? [
            `${at} does not contain a '/', image references like 'nginx' are matched as 'docker.io/nginx' (normalized)`,
          ]
        : []),
    ];
  });
}
