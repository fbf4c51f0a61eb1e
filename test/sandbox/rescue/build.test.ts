import { expect, test } from 'vitest';
import { buildImage } from '../../../src/flows/build-image.js';
import type { RescueFault } from '../../../src/sandbox/rescue/faults.js';
import { emptyProject, expectNothingTemporary, usable, wish } from '../../helpers/image-project.js';
import { projectOf } from '../../helpers/project.js';

test.each<RescueFault[]>([
  [],
  [{ kind: 'ssh-late', seconds: 60 }],
  [{ kind: 'download-cut', share: 0.6 }],
  [{ kind: 'download-changed' }],
  [{ kind: 'download-stalls', share: 0.6 }],
  [{ kind: 'factory-status', status: 503 }],
  [{ kind: 'factory-slow', seconds: 150 }],
  [{ kind: 'ssh-breaks', command: 'curl ' }],
])(
  'a build in the simulated rescue system ends with a Talos that starts: %j',
  async (...faults) => {
    const rehearsal = await emptyProject(faults);
    await buildImage(rehearsal.run().ctx, wish);
    const [snapshot] = usable(rehearsal);
    expect(snapshot?.labels).toMatchObject({ os: 'talos', arch: 'x86' });
    expectNothingTemporary(rehearsal);
    const project = projectOf(rehearsal);
    const order = { name: 'one', server_type: 'cx23', location: 'nbg1', image: snapshot?.id };
    project.call('POST', '/servers', order);
    for (let due = rehearsal.world.nextDue(); due < Infinity; due = rehearsal.world.nextDue()) {
      await rehearsal.clock.sleep(Math.max(1, due - rehearsal.clock.now()));
      rehearsal.world.settle();
    }
    expect(rehearsal.world.talos.nodes()).toMatchObject([{ machine: { name: 'one' } }]);
  },
);
