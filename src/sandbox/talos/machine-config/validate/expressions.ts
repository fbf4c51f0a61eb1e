import { celObjection, type CelEnvironment } from '../cel/check.js';

/** Why an expression is refused; undefined when it is not. */
export type CelCheck = (expression: string) => string | undefined;

/** `name:type` for each word. */
function types(...words: readonly string[]): Record<string, string> {
  const pairs = words.flatMap((word) => word.split(' ')).map((word) => word.split(':'));
  return Object.fromEntries(pairs.map(([name = '', type = 'string']) => [name, type]));
}

// The environments are those of Talos v1.13.9 (pkg/machinery/cel/celenv, api/resource/definitions).
const sizes = types(
  'KiB:uint MiB:uint GiB:uint TiB:uint PiB:uint EiB:uint kB:uint MB:uint GB:uint TB:uint PB:uint EB:uint',
);

const classes = types('Besteffort:int Burstable:int Guaranteed:int Podruntime:int System:int');

const disk = types(
  'size:uint io_size:uint sector_size:uint readonly:bool model serial modalias wwid bus_path',
  'sub_system transport rotational:bool cdrom:bool dev_path pretty_size secondary_disks:list(string)',
  'uuid symlinks:list(string)',
);

const volume = types(
  'size:uint sector_size:uint io_size:uint name uuid label block_size:uint',
  'filesystem_block_size:uint probed_size:uint partition_uuid partition_type partition_label',
  'partition_index:uint type device_path parent dev_path parent_dev_path pretty_size offset:uint',
);

const link = types(
  'index:uint type:int link_index:uint flags:uint hardware_addr:bytes broadcast_addr:bytes mtu:uint',
  'queue_disc master_index:uint operational_state:int kind slave_kind bus_path pciid driver',
  'driver_version firmware_version product_id vendor_id product vendor link_state:bool',
  'speed_megabits:int port:int duplex:int vlan:dyn bridge_master:dyn bond_master:dyn wireguard:dyn',
  'permanent_addr:bytes alias alt_names:list(string) vrf_master:dyn',
);

const diskType = 'talos.resource.definitions.block.DiskSpec';
const volumeType = 'talos.resource.definitions.block.DiscoveredVolumeSpec';
const linkType = 'talos.resource.definitions.network.LinkStatusSpec';

const glob = { name: 'glob', takes: ['string', 'string'], gives: 'bool' };

const disks: CelEnvironment = {
  variables: { ...sizes, disk: diskType, system_disk: 'bool' },
  objects: { [diskType]: disk },
  functions: [glob],
};

const volumes: CelEnvironment = {
  variables: { ...sizes, disk: diskType, volume: volumeType },
  objects: { [diskType]: disk, [volumeType]: volume },
};

const links: CelEnvironment = {
  variables: { link: linkType },
  objects: { [linkType]: link },
  functions: [glob, { name: 'mac', takes: ['bytes'], gives: 'string' }],
};

const pressures = ['some', 'full'].flatMap((kind) =>
  ['avg10', 'avg60', 'avg300', 'total'].map((span) => `memory_${kind}_${span}`),
);
const perClass = [...pressures, 'memory_current', 'memory_peak', 'memory_max'];
const triggers: CelEnvironment = {
  variables: {
    ...sizes,
    ...classes,
    time_since_trigger: 'google.protobuf.Duration',
    ...Object.fromEntries<string>(
      ['', 'd_'].flatMap((delta) => [
        ...pressures.map((name): [string, string] => [`${delta}${name}`, 'double']),
        ...perClass.map((name): [string, string] => [`${delta}qos_${name}`, 'map(int, double)']),
      ]),
    ),
  },
  functions: [
    {
      name: 'multiply_qos_vectors',
      takes: ['map(dyn, double)', 'map(dyn, double)'],
      gives: 'double',
    },
  ],
};

const scores: CelEnvironment = {
  variables: {
    ...sizes,
    ...classes,
    ...types('path class:int'),
    memory_max: 'optional_type(uint)',
    memory_current: 'optional_type(uint)',
    memory_peak: 'optional_type(uint)',
  },
};

/** Selects disks. */
export const diskObjection: CelCheck = (text) => celObjection(text, 'bool', disks);
/** Selects volumes that were found. */
export const volumeObjection: CelCheck = (text) => celObjection(text, 'bool', volumes);
/** Selects network links. */
export const linkObjection: CelCheck = (text) => celObjection(text, 'bool', links);
/** Says when memory is short. */
export const triggerObjection: CelCheck = (text) => celObjection(text, 'bool', triggers);
/** Says which control group ends first. */
export const scoreObjection: CelCheck = (text) => celObjection(text, 'double', scores);
