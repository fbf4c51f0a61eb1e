import type { Problem, StatusInput } from './report.js';
import { oxide, tool } from '../../lib/commands.js';
import { plural } from '../../lib/format.js';
import { silenceHint } from './silence-hint.js';
import { goneMembers, restoreHint, sickMember } from '../talos/etcd.js';

/** What to do about a control plane of which nobody can tell whether it is lost. */
const lookAgain = `look again, it may be starting; one that is dead: ${oxide`repair`} makes it anew`;

/** Control planes whose Talos or etcd is not as it should be. */
export function talosProblems(
  input: Pick<StatusInput, 'talos' | 'state' | 'ownAddress' | 'accessFiles'>,
): Problem[] {
  const { talos } = input;
  // What none of them answers is no sign that one is lost: nothing may be deleted for it.
  const someAnswer = talos.some(({ version }) => 'is' in version);
  const hint = someAnswer ? lookAgain : silenceHint(input, oxide`talosconfig`);
  return talos.flatMap(({ server, version, etcd, leaderless }): Problem[] => {
    if ('unknown' in version) {
      const message = `Talos on ${server} cannot be asked: ${version.unknown}`;
      return [{ code: 'talos-unknown', message, hint }];
    }
    if ('unknown' in etcd) {
      const message = `etcd on ${server} cannot be asked: ${etcd.unknown}`;
      return [{ code: 'etcd-unhealthy', message, hint: lookAgain }];
    }
    if (etcd.is.healthy || leaderless === true) return [];
    const message = `the etcd member of ${server} (${etcd.is.member}) is not a healthy voter`;
    return [{ code: 'etcd-unhealthy', message, hint: `${tool`talosctl etcd status`} shows more` }];
  });
}

/** What is wrong with etcd as a whole: members without a server, and a quorum that is lost. */
export function etcdProblems({
  talos,
  members,
}: Pick<StatusInput, 'talos' | 'members'>): Problem[] {
  const gone = goneMembers(members ?? []).map((member): Problem => ({
    code: 'etcd-unhealthy',
    message: sickMember(member),
    hint: `${oxide`create`} removes it, when the others are healthy`,
  }));
  const { length: lost } = talos.filter(({ leaderless }) => leaderless);
  if (lost === 0) return gone;
  return [
    ...gone,
    {
      code: 'etcd-unhealthy',
      message: `etcd has no quorum: ${plural(lost, 'member')} that ${lost === 1 ? 'answers knows' : 'answer know'} no leader`,
      hint: `${oxide`create`} starts control planes that are off. ${restoreHint}`,
    },
  ];
}
