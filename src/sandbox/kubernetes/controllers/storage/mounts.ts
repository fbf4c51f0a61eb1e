import { tell } from '../../events.js';
import { objectOr } from '../../json.js';
import type { KubeState } from '../../state.js';
import type { Pod } from '../../workloads.js';
import { attachmentName, attachments, csiVolumesOf, nodeDriver, type CsiVolume } from './csi.js';

/** After this a kubelet says what it waits for (pkg/kubelet/volumemanager, podAttachAndMountTimeout). */
const mountTimeoutMs = 123_000;

/** Whether the volumes of a pod are mounted on its node; says why when they cannot be. */
export function hasMounts(state: KubeState, pod: Pod): boolean {
  const volumes = csiVolumesOf(state, pod);
  if (volumes.length === 0) return true;
  const node = pod.spec.nodeName ?? '';
  const failed = (message: string): void => {
    tell(state, pod, {
      by: 'kubelet',
      host: node,
      type: 'Warning',
      reason: 'FailedMount',
      message,
    });
  };
  const away = volumes.filter(({ volume }) => !isAttached(state, volume, node));
  const timer = `mount/${pod.metadata.uid}`;
  if (away.length === 0) {
    state.timers.cancel(timer);
    const problems = volumes.flatMap(({ volume }) => mountProblem(state, volume, node) ?? []);
    problems.forEach(failed);
    return problems.length === 0;
  }
  if (state.timers.fires(timer, state.now)) {
    const names = (pod.spec.volumes ?? []).flatMap(({ name, persistentVolumeClaim: claim }) =>
      away.some((item) => item.claim.metadata.name === claim?.claimName) ? [name] : [],
    );
    const list = `[${names.join(' ')}]`;
    failed(
      `Unable to attach or mount volumes: unmounted volumes=${list}, unattached volumes=${list}, ` +
        'failed to process volumes=[]: context deadline exceeded',
    );
  }
  state.timers.start(timer, state.now + mountTimeoutMs);
  return false;
}

function isAttached(state: KubeState, volume: CsiVolume, node: string): boolean {
  const attachment = state.store.get(attachments, attachmentName(volume, node));
  return (
    attachment?.metadata.deletionTimestamp === undefined &&
    objectOr(attachment?.status)['attached'] === true
  );
}

/** Kubernetes source, pkg/volume/csi: csi_attacher.go, csi_mounter.go and csi_util.go. */
function mountProblem(state: KubeState, volume: CsiVolume, node: string): string | undefined {
  const { name, driver, secret } = volume;
  const csi = 'kubernetes.io/csi: ';
  if (!nodeDriver(state, node, driver)) {
    const why = `driver name ${driver} not found in the list of registered CSI drivers`;
    return `MountVolume.MountDevice failed for volume "${name}" : ${csi}attacher.MountDevice failed to create newCsiDriverClient: ${why}`;
  }
  if (!secret || state.store.get('secrets', secret.name, secret.namespace)) return undefined;
  const why = `${csi}failed to find the secret ${secret.name} in the namespace ${secret.namespace} with error: secrets "${secret.name}" not found`;
  return `MountVolume.SetUp failed for volume "${name}" : fetching NodePublishSecretRef ${secret.namespace}/${secret.name} failed: ${why}`;
}
