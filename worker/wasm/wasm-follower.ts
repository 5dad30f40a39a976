import type { NetworkShape } from '../../models/blocks.ts'
import type { Follower } from '../../sdk/engine.ts'
import { EngineError } from '../../sdk/errors.ts'
import { checkStep } from '../check-batch.ts'
import { FollowerState } from '../follower-state.ts'
import { refuseNonFinite } from './refuse-non-finite.ts'
import type { FollowedWindow } from './runner.ts'

/** @param isDisposed whether the engine is */
export function wasmFollower(followed: FollowedWindow, shape: NetworkShape, isDisposed: () => boolean): Follower {
  let { quantiles } = followed
  const state = new FollowerState()
  return {
    get quantiles() {
      return quantiles
    },
    async push(observed, known) {
      if (isDisposed()) {
        throw new EngineError('DISPOSED', 'The engine has been disposed of; follow the series anew.')
      }
      state.check()
      checkStep(observed, known, shape)
      return state.computing(() => {
        const next = followed.push(observed, known)
        refuseNonFinite(next)
        quantiles = next
        return next
      })
    },
    dispose() {
      if (state.dispose()) followed.release()
    },
  }
}
