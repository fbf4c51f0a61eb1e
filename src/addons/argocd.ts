import type { ChartAddon } from './addon.js';

/** Applications from git. */
export const argocd: ChartAddon = {
  kind: 'chart',
  name: 'argocd',
  title: 'Argo CD',
  core: false,
  needs: ['hcloud-ccm', 'hcloud-csi'],
  key: 'argocd',
  release: 'argocd',
  namespace: 'argocd',
  workloads: [
    'deployment/argocd-server',
    'deployment/argocd-repo-server',
    'statefulset/argocd-application-controller',
  ],
  values: () => ({
    // Applications outlive the release.
    crds: { install: true, keep: true },
  }),
  protectedKeys: [],
  about: {
    purpose: 'Brings into the cluster what is in a git repository.',
    cost: 'nothing',
    remarks: 'Its first password is in the Secret `argocd-initial-admin-secret`.',
    stays: 'Its definitions stay, and with them its Applications and what these made.',
  },
};
