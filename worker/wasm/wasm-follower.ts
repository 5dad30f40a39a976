import type { NetworkShape } from '../../models/blocks.ts'
import type { Follower } from '../../sdk/engine.ts'
import { EngineError } from '../../sdk/errors.ts'
import { checkStep } from '../check-batch.ts'
import { refuseNonFinite } from './refuse-non-finite.ts'
import type { FollowedWindow } from './runner.ts'

/** @param isDisposed whether the engine is */
export function wasmFollower(followed: FollowedWindow, shape: NetworkShape, isDisposed: () => boolean): Follower {
  let { quantiles } = followed
  let released = false
  return {
    get quantiles() {
      return quantiles
    },
    async push(observed, known) {
      if (released || isDisposed()) {
        throw new EngineError(
          'DISPOSED',
          `The ${released ? 'follower' : 'engine'} has been disposed of; follow the series anew.`,
        )
      }
      checkStep(observed, known, shape)
      const next = followed.push(observed, known)
      refuseNonFinite(next)
      quantiles = next
      return quantiles
    },
    dispose() {
      if (!released) followed.release()
      released = true
    },
  }
}
