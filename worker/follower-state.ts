import { EngineError } from '../sdk/errors.ts'

/** Whether a follower can go on: not once it is disposed of, nor once a step was taken and its forecast failed. */
export class FollowerState {
  #isDisposed = false
  #failure: { readonly cause: unknown } | null = null

  /** @throws EngineError `DISPOSED`, `FOLLOWER_BROKEN` */
  check(): void {
    if (this.#isDisposed) {
      throw new EngineError('DISPOSED', 'The follower has been disposed of; follow the series anew.')
    }
    if (this.#failure) {
      const { cause } = this.#failure
      const said = cause instanceof Error ? cause.message : String(cause)
      throw new EngineError(
        'FOLLOWER_BROKEN',
        `The follower failed at an earlier step and cannot go on: ${said} Follow the series anew.`,
        { cause: said },
      )
    }
  }

  /** Runs what follows a step's checks; where it fails, the follower is broken. */
  async computing<T>(compute: () => T | Promise<T>): Promise<T> {
    try {
      return await compute()
    } catch (cause) {
      // An engine that has been disposed of says so for ever.
      if (!(cause instanceof EngineError && cause.code === 'DISPOSED')) this.#failure ??= { cause }
      throw cause
    }
  }

  /** @returns whether it was still alive */
  dispose(): boolean {
    const wasAlive = !this.#isDisposed
    this.#isDisposed = true
    return wasAlive
  }
}
