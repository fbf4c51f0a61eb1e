import { describe, expect, test } from 'vitest';
import {
  diskImageUrl,
  plainSchematic,
  schematicId,
  schematicInstaller,
} from '../../../src/cluster/catalogue/schematic.js';
import { configOf } from '../fixtures.js';

const talosOf = (yaml: string) =>
  configOf(`control_planes: [{ name: cp, server_type: cx23 }]\ntalos: ${yaml}`).talos;

const guestAgent = 'ce4c980550dd2ab1b17bbf2b08801c7eb59418eafe8f279833297925d67c7515';

describe('the id of a schematic', () => {
  test.each([
    ['{}', undefined],
    [`{ schematic_id: ${plainSchematic} }`, undefined],
    // siderolabs/image-factory v1.5.0, pkg/schematic/schematic_test.go, "config1"
    [
      '{ schematic: { kernel_args: [noapic, nolapic] } }',
      '9cba8e32753f91a16c1837ab8abf356af021706ef284aef07380780177d9a06c',
    ],
    // The schematic of Hetzner's public Talos ISO
    ['{ schematic: { extensions: [siderolabs/qemu-guest-agent] } }', guestAgent],
    ['{ schematic: { extensions: [qemu-guest-agent, qemu-guest-agent] } }', guestAgent],
    [`{ schematic_id: ${guestAgent} }`, guestAgent],
  ])('is the one of the Image Factory: %s', (yaml, id) => {
    expect(schematicId(talosOf(yaml))).toBe(id);
  });

  test('does not depend on the order of the extensions', () => {
    const [one, other] = ['[gvisor, zfs]', '[zfs, siderolabs/gvisor]'].map((list) =>
      schematicId(talosOf(`{ schematic: { extensions: ${list} } }`)),
    );
    expect(one).toBe(other);
  });
});

test('the installer and the disk image are those of the schematic', () => {
  const added = talosOf(`{ schematic_id: ${guestAgent} }`);
  expect(schematicInstaller(added)).toBe(`factory.talos.dev/hcloud-installer/${guestAgent}`);
  expect(schematicInstaller({ ...added, version: 'v1.9.5' })).toBe(
    `factory.talos.dev/installer/${guestAgent}`,
  );
  expect(schematicInstaller(talosOf('{}'))).toBeUndefined();
  expect(diskImageUrl(added, 'arm')).toBe(
    `https://factory.talos.dev/image/${guestAgent}/v1.13.9/hcloud-arm64.raw.xz`,
  );
});
