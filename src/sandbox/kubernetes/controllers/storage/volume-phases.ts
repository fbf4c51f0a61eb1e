import { tell } from '../../events.js';
import { hasFinalizer, removeFinalizer } from '../../finalizers.js';
import { objectOr, stringOr } from '../../json.js';
import { timestamp, type KubeObject } from '../../objects.js';
import type { KubeState } from '../../state.js';
import { phaseOf } from './claim-reading.js';

const claims = 'persistentvolumeclaims';
const volumes = 'persistentvolumes';
const volumeProtection = 'kubernetes.io/pv-protection';

/** A claim whose volume was taken away cannot come back. */
export function checkLoss(state: KubeState, claim: KubeObject): void {
  if (state.store.get(volumes, stringOr(objectOr(claim.spec)['volumeName']))) return;
  const lost = state.store.put(claims, { ...claim, status: { phase: 'Lost' } });
  const message = 'Bound claim has lost its PersistentVolume. Data on the volume is lost!';
  tell(state, lost, {
    ...{ by: 'persistentvolume-controller', type: 'Warning' },
    ...{ reason: 'ClaimLost', message },
  });
}

/** A volume is released when its claim is gone, and one that was deleted may go then. */
export function reconcileVolume(state: KubeState, volume: KubeObject): void {
  const { name, namespace, uid } = objectOr(objectOr(volume.spec)['claimRef']);
  const claim = state.store.get(claims, stringOr(name), stringOr(namespace));
  const isBound = phaseOf(volume) === 'Bound';
  const isReleased = isBound && claim?.metadata.uid !== uid;
  const status = { phase: 'Released', lastPhaseTransitionTime: timestamp(state.now) };
  const current = isReleased ? state.store.put(volumes, { ...volume, status }) : volume;
  const isLeft = isReleased || !isBound;
  if (!isLeft || current.metadata.deletionTimestamp === undefined) return;
  if (!hasFinalizer(current, volumeProtection)) return;
  removeFinalizer(state, { resource: volumes, object: current }, volumeProtection);
}
