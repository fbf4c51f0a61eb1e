/**
 * Kinds of documents that Talos 1.14 takes in a patch and 1.13 does not know (talosctl
 * 1.14.0-rc.1, `gen config` with such a patch and `validate`, on the layout of 1.13).
 */
const kindsSince14: readonly string[] = [
  'BGPInstanceConfig',
  'ContainerConfig',
  'CRIBaseRuntimeSpecConfig',
  'CRICustomizationConfig',
  'EtcFileConfig',
  'FilesystemScrubConfig',
  'FilesystemTrimConfig',
  'HTTPProbeConfig',
  'ImageCacheConfig',
  'KernelModuleConfig',
  'KubeAuthenticationConfig',
  'KubeCoreDNSConfig',
  'KubeExternalManifestConfig',
  'KubeInlineManifestConfig',
  'KubeStaticPodConfig',
  'KubeTalosAPIAccessConfig',
  'LVMLogicalVolumeConfig',
  'LVMVolumeGroupConfig',
  'RAIDArrayConfig',
  'SecurityProfileConfig',
  'SysctlConfig',
  'SysfsConfig',
  'UdevRulesConfig',
  'VethConfig',
];

/** What the reference says of documents that are new in Talos 1.14. */
export const newerKindsRule =
  `On Talos 1.14 also documents of the kinds ${kindsSince14.join(', ')}; ` +
  'its other new kinds say what the layout of 1.13 says, and are refused with the key to use.';
