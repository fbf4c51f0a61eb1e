import type { Problem, AccessFileSeen, ServerStatus, StatusInput } from './report.js';
import { identityProblems } from './identity-problems.js';
import { importCommand } from '../state/secrets-copy-name.js';
import { formatDistance } from '../../lib/format.js';
import { missingServers, type RunningVersions } from '../plan/differences/drift.js';
import { wayToFinish } from '../plan/unfinished-removal.js';
import { surplusOf } from '../plan/differences/surplus.js';
import { admittedRanges, keepsOut } from '../network/api-access.js';
import { balancerProblems } from './balancer-status.js';
import { etcdProblems, talosProblems } from './etcd-problems.js';
import { leftBuilds, unused } from './cost-problems.js';
import { addonProblems } from './addon-problems.js';
import type { AddonState } from './addon-states.js';
import { cordonProblems, kubernetesProblems, nodeProblems } from './kubernetes-problems.js';
import { makesMissing } from './make-missing.js';
import { openApis } from '../network/open-apis.js';
import { removalStage } from '../state/labels.js';
import type { ServerState } from '../state/cluster-state.js';
import { ciliumWarning, kubernetesProblem, talosProblem } from '../talos/versions.js';
import { oxide, tool } from '../../lib/commands.js';

/** What a user should know of while the cluster itself works. */
const advisory: ReadonlySet<Problem['code']> = new Set([
  'secrets',
  'access-file',
  'certificate-ends',
  'own-address-not-allowed',
  'open-to-the-internet',
  'version-unsupported',
  'node-cordoned',
  'installed-unknown',
  'name-differs',
  'surplus-servers',
  'stale-node',
  'node-without-server',
  'image-build-left',
  'addon-surplus',
  'unused',
]);

/** True for a problem with which a cluster does not count as healthy. */
export function isDegrading({ code }: Problem): boolean {
  return !advisory.has(code);
}

/** A client certificate that ends this soon is worth a word; oxide then makes a new one. */
export const certificateWarningMs = 30 * 24 * 60 * 60_000;

interface ProblemInput extends StatusInput {
  readonly servers: readonly ServerStatus[];
  readonly running: readonly RunningVersions[];
  readonly addons: readonly AddonState[];
}

/** Everything that is wrong, the cluster's own parts first. */
export function findProblems(input: ProblemInput): readonly Problem[] {
  const unclear = identityProblems(input);
  const stopsCreate = unclear.some(
    ({ code }) => code === 'server-unclear' || code === 'name-taken',
  );
  return [
    ...missingParts(input, stopsCreate),
    ...unclear,
    ...surplus(input),
    ...input.state.servers.flatMap((server) => unfinishedRemoval(server, input)),
    ...input.servers.flatMap((server) => serverProblems(server, input)),
    ...kubernetesProblems(input),
    ...addonProblems(input),
    ...cordonProblems(input),
    ...balancerProblems(input.config, input.state),
    ...talosProblems(input),
    ...etcdProblems(input),
    ...secretsProblems(input),
    ...accessProblems(input),
    ...certificateProblems(input),
    ...versionProblems(input),
    ...leftBuilds(input),
    ...unused(input),
  ];
}

function missingParts({ config, state }: ProblemInput, inTheWay: boolean): Problem[] {
  const missing = (code: Problem['code'], what: string): Problem => ({
    code,
    message: `${what} does not exist`,
    hint: inTheWay ? `${oxide`create`} makes it once all names and labels are right` : makesMissing,
  });
  const { network, firewall } = state;
  return [
    ...(network ? [] : [missing('missing-network', 'the private network')]),
    ...(firewall ? [] : [missing('missing-firewall', 'the firewall')]),
    ...missingServers(config, state).map(({ name }) => missing('missing-server', name)),
  ];
}

function surplus({ config, state }: ProblemInput): Problem[] {
  return surplusOf(config, state).map(({ message, hint }) => {
    return { code: 'surplus-servers', message, hint };
  });
}

/** A stopped run left the node cordoned or wiped: only the same command finishes it. */
function unfinishedRemoval(server: ServerState, { state }: ProblemInput): Problem[] {
  if (removalStage(server.labels) === undefined) return [];
  return [
    {
      code: 'removal-unfinished',
      message: `the removal of ${server.name} was begun and not finished`,
      hint: `${wayToFinish(server, state.servers)} finishes it`,
    },
  ];
}

function serverProblems(server: ServerStatus, input: ProblemInput): Problem[] {
  const { name, status } = server;
  const { state } = input;
  const { firewall } = state;
  const ids = state.servers.find(({ id }) => id === server.id)?.firewallIds ?? [];
  const open: Problem[] =
    firewall && !ids.includes(firewall.id)
      ? [
          {
            code: 'server-not-behind-firewall',
            message: `${name} is not behind the firewall of the cluster`,
            hint: tool`hcloud firewall apply-to-resource ${firewall.name} --type server --server ${name}`,
          },
        ]
      : [];
  if (status !== 'running') {
    return [
      ...open,
      {
        code: 'server-not-running',
        message: `${name} is ${status}`,
        hint: status === 'off' ? `${oxide`create`} starts it` : `look again: ${oxide`status`}`,
      },
    ];
  }
  return [...open, ...nodeProblems(server, input)];
}

/** The cluster runs without them; they are missed on the day that a node has to be added. */
function secretsProblems({ config, secretsRemark: message }: ProblemInput): Problem[] {
  if (message === undefined) return [];
  const hint = `${importCommand(config.cluster_name)} brings them back from your copy`;
  return [{ code: 'secrets', message, hint }];
}

function accessProblems({ state, accessFiles, ownAddress, now }: ProblemInput): Problem[] {
  const allowed = admittedRanges(state.firewall?.rules ?? []);
  const notAllowed: Problem = {
    code: 'own-address-not-allowed',
    message: `the firewall admits ${allowed.join(', ') || 'nobody'}, and this machine is ${ownAddress ?? ''} now`,
    hint: `${oxide`firewall allow-me`} adds it`,
  };
  return [
    ...(keepsOut(state.firewall, ownAddress) ? [notAllowed] : []),
    ...openProblems(state),
    ...accessFiles.flatMap((file) => fileProblems(file, now)),
  ];
}

function openProblems({ firewall }: ProblemInput['state']): Problem[] {
  return openApis(firewall?.rules ?? []).map((warning) => ({
    code: 'open-to-the-internet',
    message: lowerFirst(warning).replace(/\.$/, ''),
    hint: `name who may in hcloud.firewall of cluster.yaml, then ${oxide`create`}`,
  }));
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

function fileProblems(file: AccessFileSeen, now: number): Problem[] {
  const message = accessFileRemark(file, now);
  if (message === undefined) return [];
  const code = file.ends instanceof Date ? 'certificate-ends' : 'access-file';
  return [{ code, message, hint: `${file.remedy} makes it again` }];
}

/** Why an access file should be made again; undefined while it is good for long. */
export function accessFileRemark({ path, ends }: AccessFileSeen, now: number): string | undefined {
  if (!(ends instanceof Date)) return ends.unknown;
  const left = ends.getTime() - now;
  if (left > certificateWarningMs) return undefined;
  const when = dayOf(ends, left);
  return left > 0
    ? `the client certificate in ${path} ends on ${when}`
    : `the client certificate in ${path} ended on ${when}`;
}

/** `2026-11-30 (in 29 days)`, `2026-10-31 (24h ago)`. */
function dayOf(ends: Date, left: number): string {
  const day = ends.toISOString().slice(0, 10);
  const distance = formatDistance(left);
  return left > 0 ? `${day} (in ${distance})` : `${day} (${distance} ago)`;
}

/** With them Hubble ends; Cilium's own job renews them since 1.19. */
function certificateProblems({ certificates, now }: ProblemInput): Problem[] {
  return certificates.flatMap(({ name, ends }): Problem[] => {
    const left = ends.getTime() - now;
    if (left > certificateWarningMs) return [];
    return [
      {
        code: 'certificate-ends',
        message: `the certificate ${name} in the cluster ${left > 0 ? 'ends' : 'ended'} on ${dayOf(ends, left)}`,
        hint: `with Cilium 1.19 or later, renew it: ${renewal}`,
      },
    ];
  });
}

const renewal = tool`kubectl -n kube-system create job renew-hubble --from=cronjob/hubble-generate-certs`;

/** The versions that run, against the matrix; cluster.yaml itself was checked when it was read. */
function versionProblems({ config, running }: ProblemInput): Problem[] {
  const { version: cilium } = config.cilium;
  const messages = running.flatMap(({ talos, kubernetes }) => {
    const bare = kubernetes?.replace(/^v/, '');
    return [
      talos === null ? undefined : talosProblem(talos),
      talos === null || bare === undefined ? undefined : kubernetesProblem(bare, talos),
      bare === undefined ? undefined : ciliumWarning(cilium, bare),
    ];
  });
  return [...new Set(messages)].flatMap((message) =>
    message === undefined
      ? []
      : [{ code: 'version-unsupported', message, hint: 'change the versions in cluster.yaml' }],
  );
}
