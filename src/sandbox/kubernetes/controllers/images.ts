import { durationOf } from '../../timings.js';
import { tell, wasTold, type Note } from '../events.js';
import type { KubeState } from '../state.js';
import type { Container, Pod } from '../workloads.js';

/** Whether the pod's node has all of its images, and need not ask for newer ones. */
export function hasImages(state: KubeState, pod: Pod): boolean {
  return containersOf(pod).every((container) => hasImage(state, pod, container));
}

/** Says which images are pulled now, and remembers them on the node. */
export function pullImages(state: KubeState, pod: Pod): void {
  const name = pod.spec.nodeName ?? '';
  const kubelet = state.kubelets.get(name);
  if (!kubelet) return;
  const containers = containersOf(pod);
  for (const container of containers) {
    if (!hasImage(state, pod, container)) tell(state, pod, pulling(pod, container));
  }
  const images = new Set([...(kubelet.images ?? []), ...containers.map(({ image = '' }) => image)]);
  if (images.size !== kubelet.images?.length) {
    state.kubelets.set(name, { ...kubelet, images: [...images] });
  }
}

/** What a kubelet tells when the containers of a pod have started. */
export function tellOfStart(state: KubeState, pod: Pod): void {
  const took = `${durationOf('imagePull') / 1_000 - 1}s`;
  for (const container of containersOf(pod)) {
    const { name, image = '' } = container;
    const pulled = wasTold(state, pod, pulling(pod, container))
      ? `Successfully pulled image "${image}" in ${took} (${took} including waiting). Image size: 0 bytes.`
      : `Container image "${image}" already present on machine`;
    const steps = [
      ['Pulled', pulled],
      ['Created', `Created container: ${name}`],
      ['Started', `Started container ${name}`],
    ] as const;
    for (const [reason, message] of steps)
      tell(state, pod, note(pod, container, { reason, message }));
  }
}

function containersOf({ spec }: Pod): readonly Container[] {
  return [...(spec.initContainers ?? []), ...spec.containers];
}

function hasImage({ kubelets }: KubeState, pod: Pod, container: Container): boolean {
  const { image = '', imagePullPolicy } = container;
  const present = kubelets.get(pod.spec.nodeName ?? '')?.images ?? [];
  return imagePullPolicy !== 'Always' && present.includes(image);
}

function pulling(pod: Pod, container: Container): Note {
  const message = `Pulling image "${container.image ?? ''}"`;
  return note(pod, container, { reason: 'Pulling', message });
}

function note({ spec }: Pod, container: Container, text: Pick<Note, 'reason' | 'message'>): Note {
  const list = spec.containers.includes(container) ? 'containers' : 'initContainers';
  const part = `spec.${list}{${container.name}}`;
  return { by: 'kubelet', host: spec.nodeName ?? '', part, ...text };
}
