import type { Probe } from '../../lib/wait.js';
import { ToolError } from '../../tools/exec.js';
import {
  etcdFolder,
  etcdService,
  etcdStatus,
  hasLeader,
  parseEtcdFolder,
  parseEtcdService,
  parseEtcdStatus,
  talosObstacle,
} from '../../tools/talosctl.js';
import type { FlowContext } from '../run/context.js';
import type { NodeServer } from '../run/node-server.js';
import { targetOf } from '../run/talos-target.js';

/** What one control plane says of its own etcd. */
export interface Standing {
  readonly node: NodeServer;
  readonly kind: 'empty' | 'starting' | 'leaderless' | 'silent';
  readonly why: string;
}

/** Asks a control plane for its etcd when nobody can list the members. */
export async function standingOf(ctx: FlowContext, node: NodeServer): Promise<Standing> {
  const target = targetOf(ctx, node);
  const folder = await answerOf(ctx, async () =>
    parseEtcdFolder(await ctx.run(etcdFolder(target))),
  );
  const service = await answerOf(ctx, async () =>
    parseEtcdService(await ctx.run(etcdService(target))),
  );
  if ('waiting' in service) {
    if ('waiting' in folder) return { node, kind: 'silent', why: service.waiting };
    return { node, kind: 'starting', why: service.waiting };
  }
  const isEmpty = 'ready' in folder && folder.ready === 'empty' && !service.ready.hasRun;
  if (isEmpty) return { node, kind: 'empty', why: 'it holds no data of etcd' };
  const status = await answerOf(ctx, async () =>
    parseEtcdStatus(await ctx.run(etcdStatus(target))),
  );
  const leaderless = 'ready' in status && !hasLeader(status.ready);
  if (leaderless) return { node, kind: 'leaderless', why: 'etcd has no leader' };
  return { node, kind: 'starting', why: 'etcd has not started yet' };
}

async function answerOf<T>(ctx: FlowContext, call: () => Promise<T>): Promise<Probe<T>> {
  try {
    return { ready: await call() };
  } catch (error) {
    ctx.signal.throwIfAborted();
    if (error instanceof ToolError) return { waiting: talosObstacle(error)?.why ?? error.reason };
    throw error;
  }
}
