import { oxide, tool } from '../../lib/commands.js';
import { removalStage } from '../state/labels.js';
import { makesMissing } from './make-missing.js';
import type { Problem, ServerStatus, StatusInput } from './report.js';
import { silenceHint } from './silence-hint.js';

/** What Kubernetes does not say, or has not got. */
export function kubernetesProblems(input: StatusInput): Problem[] {
  const { seen, installed } = input;
  if ('unknown' in seen) {
    const message = `Kubernetes cannot be asked: ${seen.unknown}`;
    return [{ code: 'kubernetes-unknown', message, hint: silenceHint(input, oxide`kubeconfig`) }];
  }
  if ('unknown' in installed) {
    const message = `what is installed in Kubernetes cannot be compared with cluster.yaml: ${installed.unknown}`;
    return [{ code: 'installed-unknown', message, hint: `look again: ${oxide`status`}` }];
  }
  const { cilium, gatewayApi } = installed.is;
  return [
    ...(cilium ? [] : [missing('cilium', 'Cilium is not installed, and no node is Ready without')]),
    ...(gatewayApi
      ? []
      : [
          missing(
            'gateway-api',
            'the definitions of the Gateway API are missing, or of several releases',
          ),
        ]),
  ];
}

function missing(what: 'cilium' | 'gateway-api', message: string): Problem {
  return { code: `missing-${what}`, message, hint: makesMissing };
}

/**
 * What a kubelet says before any pod network is there: its own words around those of containerd
 * (go-cni, `ErrCNINotInitialized`), as Kubernetes 1.34 puts them into the node's condition.
 */
const noPodNetwork = 'cni plugin not initialized';

/** Why the node of a running server is not Ready; without Cilium there is one reason for all of them. */
export function nodeProblems(server: ServerStatus, input: StatusInput): Problem[] {
  const { name, kubernetes, publicIpv4 } = server;
  const { seen, installed } = input;
  if ('unknown' in seen || kubernetes?.ready) return [];
  const reason = seen.nodes.find((node) => node.name === kubernetes?.node)?.reason ?? '';
  const isTold = 'is' in installed && installed.is.cilium === undefined;
  if (kubernetes && isTold && reason.includes(noPodNetwork)) return [];
  const message = kubernetes
    ? `${name} is not Ready: ${reason}`
    : `${name} is not registered in Kubernetes`;
  const hint = `${tool`talosctl --nodes ${publicIpv4 ?? name} dmesg`}; one that is dead: ${oxide`repair`}`;
  return [{ code: 'node-not-ready', message, hint }];
}

/** A removal that was begun has cordoned its node, and is told as such. */
export function cordonProblems({ seen, state }: StatusInput): Problem[] {
  if ('unknown' in seen) return [];
  const leaving = state.servers.filter(({ labels }) => removalStage(labels) !== undefined);
  return seen.nodes
    .filter(({ unschedulable }) => unschedulable)
    .filter(({ name }) => !leaving.some((server) => server.name === name))
    .map(({ name }) => ({
      code: 'node-cordoned',
      message: `${name} takes no pods: it is cordoned`,
      hint: `${tool`kubectl uncordon ${name}`}, when nobody needs it so`,
    }));
}
