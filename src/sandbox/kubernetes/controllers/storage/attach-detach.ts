import { deleteObject } from '../../deletes.js';
import { tell, wasToldOf, type Note } from '../../events.js';
import { objectOr, stringOr, valueAt } from '../../json.js';
import { isTrue, type KubeObject } from '../../objects.js';
import { builtinType } from '../../resources.js';
import type { KubeState } from '../../state.js';
import type { Pod } from '../../workloads.js';
import { attachmentName, attachments, csiVolumesOf, placedPods, type CsiVolume } from './csi.js';

/** How long a node that does not report is waited for (pkg/controller/volume/attachdetach, maxWaitForUnmountDuration). */
const unmountMs = 360_000;

/** A volume that pods want on their node. */
interface Want {
  readonly volume: CsiVolume;
  readonly node: string;
  readonly pods: Pod[];
}

/**
 * Asks the drivers for the volumes of placed pods, and gives back those that no pod of a node wants
 * any more (Kubernetes source, pkg/controller/volume/attachdetach/reconciler).
 */
export function reconcileAttachments(state: KubeState): void {
  const { store } = state;
  if (store.size('persistentvolumes') === 0 && store.size(attachments) === 0) return;
  const wants = wantsOf(state);
  for (const attachment of store.list(attachments)) {
    const { name, uid, deletionTimestamp } = attachment.metadata;
    if (wants.has(name)) state.timers.cancel(unmountTimer(uid));
    else if (deletionTimestamp === undefined) release(state, attachment);
  }
  for (const [name, want] of wants) if (!store.get(attachments, name)) attach(state, name, want);
}

const unmountTimer = (uid: string): string => `unmount/${uid}`;

function wantsOf(state: KubeState): Map<string, Want> {
  const wants = new Map<string, Want>();
  for (const pod of placedPods(state)) {
    const { nodeName: node = '' } = pod.spec;
    if (!state.store.get('nodes', node)) continue;
    for (const { volume } of csiVolumesOf(state, pod)) {
      if (!isAttached(state, volume)) continue;
      const name = attachmentName(volume, node);
      const want = wants.get(name) ?? { volume, node, pods: [] };
      want.pods.push(pod);
      wants.set(name, want);
    }
  }
  return wants;
}

/** Whether volumes of this driver are attached at all. */
function isAttached(state: KubeState, { driver }: CsiVolume): boolean {
  const object = state.store.get('csidrivers.storage.k8s.io', driver);
  return valueAt(object?.spec, ['attachRequired']) !== false;
}

function attach(state: KubeState, name: string, { volume, node, pods }: Want): void {
  const elsewhere = state.store
    .list(attachments)
    .filter((item) => volumeOf(item) === volume.name && !volume.isShared)
    .map(nodeOf);
  if (elsewhere.length > 0) {
    for (const pod of pods) tellOfOthers(state, pod, { volume, nodes: elsewhere });
    return;
  }
  state.create<KubeObject>(attachments, {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'VolumeAttachment',
    metadata: { name },
    spec: {
      attacher: volume.driver,
      nodeName: node,
      source: { persistentVolumeName: volume.name },
    },
    status: { attached: false },
  });
}

function tellOfOthers(
  state: KubeState,
  pod: Pod,
  { volume, nodes }: { readonly volume: CsiVolume; readonly nodes: readonly string[] },
): void {
  const users = placedPods(state).filter(
    (other) =>
      nodes.includes(other.spec.nodeName ?? '') &&
      csiVolumesOf(state, other).some((item) => item.volume.name === volume.name),
  );
  const names = users.map(({ metadata }) => metadata.name);
  const why =
    names.length > 0
      ? `Volume is already used by pod(s) ${names.join(', ')}`
      : "Volume is already exclusively attached to one node and can't be attached to another";
  const error = `Multi-Attach error for volume "${volume.name}"`;
  const note: Note = {
    ...{ by, type: 'Warning', reason: 'FailedAttachVolume' },
    message: `${error} ${why}`,
  };
  // Reported once, whatever is in the way later (attachdetach/reconciler/reconciler.go: MultiAttachErrorReported).
  if (!wasToldOf(state, pod, error)) tell(state, pod, note);
}

const by = 'attachdetach-controller';

export function volumeOf({ spec }: KubeObject): string {
  return stringOr(valueAt(spec, ['source', 'persistentVolumeName']));
}

export function nodeOf({ spec }: KubeObject): string {
  return stringOr(objectOr(spec)['nodeName']);
}

/** A node that reports has unmounted what no pod uses; of a silent one nobody knows. */
function release(state: KubeState, attachment: KubeObject): void {
  const name = nodeOf(attachment);
  const timer = unmountTimer(attachment.metadata.uid);
  const node = state.store.get('nodes', name);
  const isOut = node?.spec.taints?.some(({ key }) => key === outOfService) === true;
  const isUnmounted =
    (node !== undefined && state.kubelets.get(name)?.alive === true) ||
    objectOr(attachment.status)['attached'] !== true;
  const isLost = node === undefined || !isTrue(node.status.conditions, 'Ready');
  if (!isUnmounted && !isOut && !(isLost && state.timers.fires(timer, state.now))) {
    state.timers.start(timer, state.now + unmountMs);
    return;
  }
  state.timers.cancel(timer);
  deleteObject(state, { type: builtinType(attachments), object: attachment });
}

const outOfService = 'node.kubernetes.io/out-of-service';

/** What the controller tells the pods of a node of a volume that they wait for. */
export function tellWaiting(
  state: KubeState,
  attachment: KubeObject,
  failure: string | undefined,
): void {
  const [name, node] = [volumeOf(attachment), nodeOf(attachment)];
  const note: Note =
    failure === undefined
      ? {
          ...{ by, reason: 'SuccessfulAttachVolume' },
          message: `AttachVolume.Attach succeeded for volume "${name}"`,
        }
      : {
          ...{ by, type: 'Warning', reason: 'FailedAttachVolume' },
          message: `AttachVolume.Attach failed for volume "${name}" : ${failure}`,
        };
  for (const pod of placedPods(state)) {
    const isUser = csiVolumesOf(state, pod).some(({ volume }) => volume.name === name);
    if (pod.spec.nodeName === node && isUser) tell(state, pod, note);
  }
}
