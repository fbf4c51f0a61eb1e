import { expect, test } from 'vitest';
import { buildImage, type BuildImageWish } from '../../../src/flows/build-image.js';
import type { RescueFault } from '../../../src/sandbox/rescue/faults.js';
import { projectOf, type Item } from '../../helpers/project.js';
import { clusterYaml, rehearse, type Rehearsal } from '../../helpers/rehearsal.js';

const wish: BuildImageWish = {
  ...{ architecture: undefined, type: undefined, location: undefined },
  ...{ force: false, verify: false },
};

async function emptyProject(...faults: readonly RescueFault[]): Promise<Rehearsal> {
  const rehearsal = await rehearse(clusterYaml(1, 0));
  const project = projectOf(rehearsal);
  for (const { id } of snapshots(rehearsal)) project.call('DELETE', `/images/${id}`);
  for (const fault of faults) rehearsal.world.rescueFaults.add(fault);
  return rehearsal;
}

function snapshots(rehearsal: Rehearsal): readonly Item[] {
  return projectOf(rehearsal)
    .list('images')
    .filter((image) => (image as { type?: string }).type === 'snapshot');
}

test.each<RescueFault[]>([
  [],
  [{ kind: 'ssh-late', seconds: 60 }],
  [{ kind: 'download-cut', share: 0.6 }],
  [{ kind: 'download-changed' }],
  [{ kind: 'factory-status', status: 503 }],
])(
  'a build in the simulated rescue system ends with a Talos that starts: %j',
  async (...faults) => {
    const rehearsal = await emptyProject(...faults);
    await buildImage(rehearsal.run().ctx, wish);
    const [snapshot] = snapshots(rehearsal);
    expect(snapshot?.labels).toMatchObject({ os: 'talos', arch: 'x86' });
    const project = projectOf(rehearsal);
    expect(project.list('servers')).toEqual([]);
    const order = { name: 'one', server_type: 'cx23', location: 'nbg1', image: snapshot?.id };
    project.call('POST', '/servers', order);
    for (let due = rehearsal.world.nextDue(); due < Infinity; due = rehearsal.world.nextDue()) {
      await rehearsal.clock.sleep(Math.max(1, due - rehearsal.clock.now()));
      rehearsal.world.settle();
    }
    expect(rehearsal.world.talos.nodes()).toMatchObject([{ machine: { name: 'one' } }]);
  },
);

test.each<RescueFault[]>([
  [{ kind: 'rescue-never-up' }],
  [{ kind: 'tool-missing', tool: 'xz' }],
  [{ kind: 'tool-fails', tool: 'xz', words: '(stdin): Cannot allocate memory', times: 9 }],
  [{ kind: 'disk-full', times: 9 }],
  [{ kind: 'disk-changed' }],
  [{ kind: 'no-internet', times: 9 }],
  [{ kind: 'factory-html', times: 9 }],
])('a build that fails keeps nothing: %j', async (...faults) => {
  const rehearsal = await emptyProject(...faults);
  await expect(buildImage(rehearsal.run().ctx, wish)).rejects.toThrow();
  expect(snapshots(rehearsal)).toEqual([]);
  expect(projectOf(rehearsal).list('servers')).toEqual([]);
});
