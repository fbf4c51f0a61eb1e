import { connect, connectionFlags, connectInsecurely } from './client.js';
import type { CommandInvocation, CommandSpec } from './command.js';

/** `talosctl version` */
export const version: CommandSpec = {
  name: 'version',
  flags: [
    ...connectionFlags,
    { name: 'short', kind: 'bool' },
    { name: 'client', kind: 'bool' },
    { name: 'insecure', short: 'i', kind: 'bool' },
    { name: 'json', kind: 'bool' },
  ],
  async run(invocation) {
    const json = invocation.isSet('json');
    if (!json) {
      invocation.print('Client:');
      if (invocation.isSet('short')) invocation.print(`Talos ${invocation.io.version}`);
      else printLong(invocation, invocation.io.version, invocation.io.platform ?? 'linux/amd64');
      if (invocation.isSet('client')) return;
      invocation.print('Server:');
    }
    const client = invocation.isSet('insecure')
      ? connectInsecurely(invocation)
      : connect(invocation);
    for (const { node, result } of await client.callAll('Version', {}, 'error getting version')) {
      if (json) {
        const { tag, architecture } = result;
        invocation.print(
          JSON.stringify({
            metadata: { hostname: node },
            version: { tag, os: 'linux', arch: architecture },
            platform: { name: 'hcloud', mode: 'cloud' },
            features: { rbac: true },
          }),
        );
        continue;
      }
      invocation.print(`\tNODE:        ${node}`);
      printLong(invocation, result.tag, `linux/${result.architecture}`);
      invocation.print('\tEnabled:     RBAC');
    }
  },
};

function printLong(invocation: CommandInvocation, tag: string, platform: string): void {
  invocation.print(`\tTag:         ${tag}`);
  invocation.print('\tSHA:         sandbox');
  invocation.print('\tBuilt:       ');
  invocation.print('\tGo version:  go1.26.3');
  invocation.print(`\tOS/Arch:     ${platform}`);
}
