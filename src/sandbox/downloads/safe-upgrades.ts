/**
 * The admission policy in the bundles of the Gateway API since 1.5 (kubernetes-sigs/gateway-api
 * v1.6.1, config/crd/standard/gateway.networking.k8s.io_vap_safeupgrades.yaml): it keeps experimental
 * definitions off standard ones, and older releases out. What it does here is in
 * `kubernetes/admission-policies.ts`; the expressions only say the same.
 */
export function safeUpgrades(release: string): string {
  return `${head('ValidatingAdmissionPolicy', release)}spec:
  failurePolicy: Fail
  matchConstraints:
    resourceRules:
    - apiGroups: [apiextensions.k8s.io]
      apiVersions: [v1]
      operations: [CREATE, UPDATE]
      resources: ['*']
  validations:
  - expression: >-
      object.spec.group != 'gateway.networking.k8s.io' || oldObject == null ||
      object.metadata.annotations['gateway.networking.k8s.io/channel'] == 'standard' ||
      oldObject.metadata.annotations['gateway.networking.k8s.io/channel'] == 'experimental'
    message: >-
      Installing experimental CRDs on top of standard channel CRDs is prohibited by default. Uninstall
      ValidatingAdmissionPolicy safe-upgrades.gateway.networking.k8s.io to install experimental CRDs on top of
      standard channel CRDs.
    reason: Invalid
  - expression: >-
      object.spec.group != 'gateway.networking.k8s.io' ||
      !object.metadata.annotations['gateway.networking.k8s.io/bundle-version'].matches('^v(0|1[.][0-5][.])')
    message: >-
      Installing CRDs with version before v1.5.0 is prohibited by default. Uninstall ValidatingAdmissionPolicy
      safe-upgrades.gateway.networking.k8s.io to install older versions.
    reason: Invalid
---
${head('ValidatingAdmissionPolicyBinding', release)}spec:
  policyName: safe-upgrades.gateway.networking.k8s.io
  validationActions: [Deny]
  matchResources:
    resourceRules:
    - apiGroups: [apiextensions.k8s.io]
      apiVersions: [v1]
      operations: [CREATE, UPDATE]
      resources: [customresourcedefinitions]
`;
}

function head(kind: string, release: string): string {
  return `apiVersion: admissionregistration.k8s.io/v1
kind: ${kind}
metadata:
  annotations:
    gateway.networking.k8s.io/bundle-version: ${release}
    gateway.networking.k8s.io/channel: standard
  name: safe-upgrades.gateway.networking.k8s.io
`;
}
