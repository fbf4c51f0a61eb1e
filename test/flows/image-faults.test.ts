import { describe, expect, test } from 'vitest';
import { buildImage } from '../../src/flows/build-image.js';
import { ExitCode } from '../../src/lib/errors.js';
import type { RescueFault } from '../../src/sandbox/rescue/faults.js';
import {
  emptyProject,
  expectNothingLeft,
  expectNothingTemporary,
  failureOf,
  usable,
  whenAsked,
  wish,
} from '../helpers/image-project.js';
import { projectOf } from '../helpers/project.js';
import { clusterYaml, type Rehearsal } from '../helpers/rehearsal.js';

interface Failure {
  readonly what: string;
  readonly faults?: readonly RescueFault[];
  readonly prepare?: (rehearsal: Rehearsal) => void;
  readonly verify?: boolean;
  /** What cluster.yaml says of Talos. */
  readonly talos?: string;
  readonly says: string;
  readonly hint: string;
  readonly exit: ExitCode;
}

const { partial, timeout, refused, precondition } = ExitCode;
const always = { times: 99 };
const anew = 'Nothing is kept of it; the same command makes the image anew.';
const nothingKept = 'Nothing is kept of it. The same command makes the image anew.';
const mirror = 'A mirror: OXIDE_IMAGE_FACTORY, or talos.image_url in cluster.yaml.';
const later = `Try again later.\n${anew}`;
const extended = 'schematic: { extensions: [gvisor] }';
const closed = 'or a firewall in between keeps its port 22 closed';

/** A minute after the power went on, when the image is being written. */
function whileItIsWritten(rehearsal: Rehearsal, act: () => void): void {
  whenAsked(rehearsal, /poweron$/, () => {
    void rehearsal.clock.sleep(60_000, undefined, { background: true }).then(act);
  });
}

const ofTheMachine: readonly Failure[] = [
  {
    what: 'a rescue system that never comes up',
    faults: [{ kind: 'rescue-never-up' }],
    says: 'Last: no SSH to 203.0.113.1: the proxy answered: HTTP/1.1 502 Connection refused',
    ...{ hint: 'did not come up in its rescue system', exit: timeout },
  },
  {
    what: 'a rescue system with another SSH key',
    faults: [{ kind: 'other-ssh-key' }],
    says: '203.0.113.1 does not accept the SSH key',
    ...{ hint: anew, exit: partial },
  },
  {
    what: 'a host that shows another key after the connection broke',
    faults: [{ kind: 'ssh-breaks', command: 'curl ' }, { kind: 'other-host-key' }],
    says: '203.0.113.1 shows another SSH host key than before',
    ...{ hint: `Somebody may be in between. ${anew}`, exit: partial },
  },
  {
    what: 'a machine that the firewall lets in no more, since its address changed',
    prepare: (rehearsal) => {
      whenAsked(rehearsal, /poweron$/, () => {
        rehearsal.world.moveCaller('198.51.100.99');
      });
    },
    says: 'no SSH to 203.0.113.1: the proxy answered: HTTP/1.1 502 Connection timed out',
    ...{ hint: closed, exit: timeout },
  },
  {
    what: 'a server that somebody switches off while the image is written',
    prepare: (rehearsal) => {
      whileItIsWritten(rehearsal, () => {
        const [server] = projectOf(rehearsal).list('servers');
        projectOf(rehearsal).call('POST', `/servers/${server?.id ?? 0}/actions/poweroff`);
      });
    },
    says: 'no SSH to 203.0.113.1: the proxy answered: HTTP/1.1 502 Connection timed out',
    ...{ hint: 'The same command makes another one.', exit: timeout },
  },
  {
    what: 'a rescue system without xz',
    faults: [{ kind: 'tool-missing', tool: 'xz' }],
    says: 'the rescue system has no xz',
    ...{ hint: later, exit: partial },
  },
  {
    what: 'a rescue system without what stands behind the pipe',
    faults: [{ kind: 'tool-missing', tool: 'sed' }],
    says: 'the rescue system has no sed',
    ...{ hint: later, exit: partial },
  },
  {
    what: 'an xz that fails each time',
    faults: [
      { kind: 'tool-fails', tool: 'xz', words: '(stdin): Cannot allocate memory', ...always },
    ],
    says: 'the image cannot be unpacked: xz: (stdin): Cannot allocate memory',
    ...{ hint: mirror, exit: partial },
  },
  {
    what: 'a stage in between that fails',
    faults: [
      { kind: 'tool-fails', tool: 'tee', words: "'standard output': No space left on device" },
    ],
    says: "tee failed: tee: 'standard output': No space left on device",
    ...{ hint: later, exit: partial },
  },
  {
    what: 'a disk that is too small',
    faults: [{ kind: 'disk-full' }],
    says: "the disk was not written: dd: error writing '/dev/sda': No space left on device",
    ...{ hint: 'image build --type', exit: partial },
  },
  {
    what: 'a disk that has something else than was written, of the same length',
    faults: [{ kind: 'disk-changed' }],
    says: 'the disk does not have what was written: SHA-256 ',
    ...{ hint: 'makes the image anew, on another server', exit: partial },
  },
  {
    what: 'a server without the internet',
    faults: [{ kind: 'no-internet', ...always }],
    says: 'the builder does not reach the image: curl: (6) Could not resolve host: 127.0.0.1',
    ...{ hint: 'a mirror is named by OXIDE_IMAGE_FACTORY', exit: partial },
  },
  {
    what: 'a server whose packets are dropped',
    faults: [{ kind: 'no-way-out', ...always }],
    says: 'the builder does not reach the image: curl: (28) Failed to connect to 127.0.0.1 port ',
    ...{ hint: 'a mirror is named by OXIDE_IMAGE_FACTORY', exit: partial },
  },
];

const ofTheFactory: readonly Failure[] = [
  {
    what: 'a download that is cut at 60 % each time',
    faults: [{ kind: 'download-cut', share: 0.6, ...always }],
    says: 'the download was cut: curl: (18) transfer closed with 209749 bytes remaining to read',
    ...{ hint: `${mirror}\n${anew}`, exit: partial },
  },
  {
    what: 'a download that stops each time, and stays open',
    faults: [{ kind: 'download-stalls', share: 0.6, ...always }],
    says: 'the download was cut: curl: (28) Operation too slow.',
    ...{ hint: mirror, exit: partial },
  },
  {
    what: 'wrong content of the right length',
    faults: [{ kind: 'download-changed', ...always }],
    says: 'the image cannot be unpacked: xz: (stdin): Compressed data is corrupt',
    ...{ hint: mirror, exit: partial },
  },
  {
    what: 'a factory that answers the temporary server with 503',
    faults: [{ kind: 'factory-status', status: 503, by: 'builder', ...always }],
    says: 'curl: (22) The requested URL returned error: 503',
    ...{ hint: mirror, exit: partial },
  },
  {
    what: 'a factory that answers the temporary server with HTML',
    faults: [{ kind: 'factory-html', by: 'builder', ...always }],
    says: 'there is a text (text/html) in place of the image',
    ...{ hint: mirror, exit: partial },
  },
  {
    what: 'a factory that does not come to an end with the image',
    faults: [{ kind: 'factory-slow', seconds: 3_600, by: 'builder', ...always }],
    says: 'there was no answer in 10m',
    ...{ hint: 'The Image Factory may still be making it.', exit: partial },
  },
  {
    what: 'a schematic that nobody registered',
    talos: `schematic_id: ${'ab'.repeat(32)}`,
    says: 'curl: (22) The requested URL returned error: 404',
    ...{ hint: 'Check talos.version, talos.schematic_id', exit: precondition },
  },
  {
    what: 'a factory that answers the comparison on this machine with 503',
    verify: true,
    faults: [{ kind: 'factory-status', status: 503, by: 'operator', ...always }],
    says: 'the image could not be compared: cannot download http://127.0.0.1:',
    ...{ hint: 'without --verify makes the image without a comparison', exit: partial },
  },
  {
    what: 'a factory that answers the comparison on this machine with HTML',
    verify: true,
    faults: [{ kind: 'factory-html', by: 'operator' }],
    says: 'the temporary server downloaded something else than this machine',
    ...{ hint: 'One of the two was led elsewhere', exit: partial },
  },
  {
    what: 'a factory that answers the schematic with 503',
    talos: extended,
    faults: [{ kind: 'factory-status', status: 503, at: /schematics/, ...always }],
    says: '/image-factory/schematics: the server answered 503',
    ...{ hint: 'The same command goes on from here.', exit: partial },
  },
  {
    what: 'a factory that answers the schematic with HTML',
    talos: extended,
    faults: [{ kind: 'factory-html', at: /schematics/ }],
    says: '/image-factory/schematics is no answer of an Image Factory',
    ...{ hint: 'OXIDE_IMAGE_FACTORY names its place', exit: precondition },
  },
];

const noCapacity = { kind: 'status', status: 412, code: 'resource_unavailable' } as const;

const ofHetzner: readonly Failure[] = [
  {
    what: 'no capacity anywhere',
    prepare: ({ faults }) => {
      faults.add({ method: 'POST', path: /^\/servers$/, count: Infinity, fault: noCapacity });
    },
    says: 'Hetzner has no capacity for a server to make Talos v1.13.9 (x86) on. Tried: cx23 in nbg1',
    ...{ hint: 'Try again later.', exit: refused },
  },
  {
    what: 'a snapshot that ends in an error',
    prepare: ({ faults }) => {
      faults.add({ method: 'POST', path: /create_image$/, fault: { kind: 'action-error' } });
    },
    says: 'ended in an error (action_failed)',
    ...{ hint: nothingKept, exit: partial },
  },
  {
    what: 'a snapshot that never becomes available',
    prepare: ({ world }) => {
      world.cloud.stallSnapshots(1);
    },
    says: 'Timed out after 15m 00s: snapshot ',
    ...{ hint: nothingKept, exit: timeout },
  },
  {
    what: 'more snapshots than the account may have',
    prepare: ({ world }) => {
      world.cloud.setLimit('snapshot_limit', 0);
    },
    says: 'your Hetzner account may not have more snapshots (resource_limit_exceeded: ',
    ...{ hint: 'image prune', exit: refused },
  },
];

describe('a build fails, says why and leaves nothing that costs or that a create would take', () => {
  test.each([...ofTheMachine, ...ofTheFactory, ...ofHetzner])('for $what', async (failure) => {
    const { faults, prepare, verify = false, talos } = failure;
    const rehearsal = await emptyProject(faults);
    prepare?.(rehearsal);
    const yaml = `${clusterYaml(1, 0)}${talos === undefined ? '' : `talos: { ${talos} }\n`}`;
    const { ctx } = rehearsal.run({ yaml });
    const error = await failureOf(buildImage(ctx, { ...wish, verify }));
    expect(error.message).toContain(failure.says);
    expect(error.hint).toContain(failure.hint);
    expect(error.exitCode).toBe(failure.exit);
    expectNothingLeft(rehearsal);
  });
});

test('the server lets in this machine on port 22 and nobody else', async () => {
  const rehearsal = await emptyProject();
  const { cloud, callerAddress } = rehearsal.world;
  let seen: unknown;
  whileItIsWritten(rehearsal, () => {
    const [server] = projectOf(rehearsal).list('servers');
    const admits = (source: string, port: number) => cloud.admits(server?.id ?? 0, source, port);
    seen = [admits(callerAddress, 22), admits('198.51.100.8', 22), admits(callerAddress, 50_000)];
  });
  await buildImage(rehearsal.run().ctx, wish);
  expect(seen).toEqual([true, false, false]);
});

test('no capacity for the first two types: the third is taken, and it is said', async () => {
  const rehearsal = await emptyProject();
  // Three places have the first type, four the second.
  const rule = { method: 'POST', path: /^\/servers$/, count: 7, fault: noCapacity };
  rehearsal.faults.add(rule);
  const { ctx, events } = rehearsal.run();
  expect(await buildImage(ctx, wish)).toMatchObject([{ made: true }]);
  const notes = events.flatMap((event) => (event.type === 'note' ? event.message : []));
  expect(notes.join('\n')).toMatch(
    /no capacity for cx23 in nbg1, .*cpx12 in sin at present: Talos v1\.13\.9 \(x86\) is made on a cpx11 in ash/,
  );
  expectNothingTemporary(rehearsal);
  expect(usable(rehearsal)).toHaveLength(1);
});
