import { candidateText, type Candidate } from '../../cluster/catalogue/candidates.js';
import { buildName, heldLabels, type ImageBuild } from '../../cluster/catalogue/image-builds.js';
import type { Labels } from '../../cluster/state/cluster-state.js';
import { labelKeys } from '../../cluster/state/labels.js';
import { HetznerError } from '../../hetzner/errors.js';
import type { Image, Server } from '../../hetzner/resources.js';
import { ExitCode, OxideError, PreconditionError } from '../../lib/errors.js';
import { enumerate } from '../../lib/format.js';
import { inParallel } from '../../lib/parallel.js';
import type { Secret } from '../../lib/secret.js';
import type { StepIo } from '../../lib/step.js';
import { createSshKeyPair } from '../../tools/ssh-key.js';
import type { OwnAddresses } from '../access/own-address.js';
import { withinLimits } from '../hetzner/account-limits.js';
import { isCapacityRefusal } from '../hetzner/capacity.js';
import { orderServer } from '../hetzner/order-server.js';
import type { FlowContext } from '../run/context.js';

/** How long a killed build keeps others waiting; renewed while it is at work. */
const leaseMs = 5 * 60_000;
const renewMs = 2 * 60_000;

/** One image that is being made. */
export interface BuildJob {
  readonly build: ImageBuild;
  /** What all that it needs for a time is known by. */
  readonly id: string;
  /** Who is let in. */
  readonly own: OwnAddresses;
}

/** The temporary server, switched off. */
export interface Builder {
  readonly id: number;
  readonly name: string;
  readonly address: string;
  readonly privateKey: Secret;
  readonly sshKeyId: number;
}

/** Makes the temporary server with its key and its firewall, which lets only this machine in. */
export async function makeBuilder(ctx: FlowContext, job: BuildJob, io: StepIo): Promise<Builder> {
  const { build, id, own } = job;
  const { hetzner, actions } = ctx;
  if (own.failure) throw unknownAddress(own.failure);
  const name = `oxide-image-${build.architecture}-${id}`;
  const labels = jobLabels(ctx, job);
  const pair = createSshKeyPair(name);
  const rule = { direction: 'in', protocol: 'tcp', port: '22', source_ips: own.ranges } as const;
  const [image, sshKey, { firewall, actions: applied }] = await inParallel(
    systemImage(ctx, build),
    withinLimits(
      ctx,
      () => ({ ssh_key: 1 }),
      () => hetzner.createSshKey({ name, public_key: pair.publicKey, labels }),
    ),
    withinLimits(
      ctx,
      () => ({ firewall: 1 }),
      () => hetzner.createFirewall({ name, labels, rules: [rule] }),
    ),
  );
  await actions.wait(applied, name);
  const { server, actions: begun } = await orderBuilder(ctx, build, io, (candidate) =>
    orderServer(
      ctx,
      {
        ...{ name, labels, image: image.id, ssh_keys: [sshKey.id] },
        ...{ server_type: candidate.type, location: candidate.location },
        firewalls: [{ firewall: firewall.id }],
        public_net: { enable_ipv4: true, enable_ipv6: true },
        // The first boot has to be into the rescue system.
        start_after_create: false,
      },
      io,
    ),
  );
  await actions.wait(begun, name, (fact) => {
    io.detail(fact);
  });
  return {
    id: server.id,
    name,
    address: addressOf(server),
    privateKey: pair.privateKey,
    sshKeyId: sshKey.id,
  };
}

function jobLabels({ holder, hetzner }: FlowContext, { build, id }: BuildJob): Labels {
  const until = hetzner.now() + leaseMs;
  return heldLabels(build, id, { id: holder.id, host: holder.host, until });
}

/** Says to others that the build goes on, until the signal. */
export async function keepHolding(
  ctx: FlowContext,
  job: BuildJob,
  { serverId, ended }: { readonly serverId: number; readonly ended: AbortSignal },
): Promise<void> {
  for (;;) {
    try {
      await ctx.clock.sleep(renewMs, ended, { background: true });
      const { [labelKeys.lease]: lease } = jobLabels(ctx, job);
      await ctx.hetzner.updateServerLabels(serverId, { [labelKeys.lease]: lease });
    } catch (error) {
      if (ended.aborted) return;
      // Hetzner may be away for a moment; what is wrong with the server its own steps say.
      if (!(error instanceof OxideError)) throw error;
    }
  }
}

function unknownAddress(failure: OxideError): PreconditionError {
  return new PreconditionError(
    `the image cannot be made: ${failure.message}`,
    'The temporary server lets nobody in but this machine, so its public address has to be known.',
  );
}

function addressOf({ name, public_net }: Server): string {
  if (public_net.ipv4) return public_net.ipv4.ip;
  throw new OxideError(`the temporary server ${name} has no public IPv4 address`);
}

/** What the server is made of does not matter: nothing of it is booted. */
async function systemImage(ctx: FlowContext, build: ImageBuild): Promise<Image> {
  const images = await ctx.hetzner.systemImages(build.architecture);
  const wanted = [/^debian-/, /^ubuntu-/, /./].map((form) =>
    images
      .filter(({ name }) => name !== null && form.test(name))
      .sort((a, b) => a.disk_size - b.disk_size || (b.name ?? '').localeCompare(a.name ?? ''))
      .at(0),
  );
  const found = wanted.find((image) => image !== undefined);
  if (found) return found;
  throw new OxideError(`Hetzner offers no system for ${build.architecture} servers`, {
    exitCode: ExitCode.refused,
  });
}

/** Orders it as the first candidate that Hetzner has. Where it stands does not matter. */
async function orderBuilder<T>(
  ctx: FlowContext,
  build: ImageBuild,
  io: StepIo,
  order: (candidate: Candidate) => Promise<T>,
): Promise<T> {
  const refused: string[] = [];
  for (const candidate of build.candidates) {
    try {
      io.detail(`ordering a ${candidateText(candidate)}`);
      const need = () => ({ server: 1, primary_ip: 2 });
      const ordered = await withinLimits(ctx, need, () => order(candidate));
      if (refused.length > 0) {
        io.note(
          `Hetzner has no capacity for ${enumerate(refused)} at present: ${buildName(build)} is made on a ${candidateText(candidate)}.`,
        );
      }
      return ordered;
    } catch (error) {
      if (!(error instanceof HetznerError) || !isCapacityRefusal(error)) throw error;
      refused.push(candidateText(candidate));
    }
  }
  throw new OxideError(
    `Hetzner has no capacity for a server to make ${buildName(build)} on. Tried: ${refused.join(', ')}.`,
    {
      hint: 'Try again later. Status: https://status.hetzner.com\nWhat exists is kept; the same command goes on from there.',
      exitCode: ExitCode.refused,
      errorCode: 'hetzner.capacity',
    },
  );
}
