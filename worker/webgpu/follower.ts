import type { NetworkShape } from '../../models/blocks.ts'
import type { Follower, SeriesWindows } from '../../sdk/engine.ts'
import { checkStep } from '../check-batch.ts'
import { FollowerState } from '../follower-state.ts'
import { appendStep } from '../series-batches.ts'
import { headerWords, writeHeader } from './run-header.ts'
import { seriesLayout } from './series-run.ts'
import type { Session } from './session.ts'
import type { Workspace } from './workspace.ts'

/** New steps that find room behind a window before its rows are computed anew from the beginning. */
const ROOM_STEPS = 512

type RunOnDevice = (work: (session: Session) => Promise<Float32Array>) => Promise<Float32Array>

/**
 * Follows a series: the step stage's rows of the window stay on the GPU, and a push computes the two that are new (one
 * past, one future) and the window stage.
 */
export class SeriesFollower implements Follower {
  readonly #window: SeriesWindows
  readonly #shape: NetworkShape
  readonly #run: RunOnDevice
  #held: { readonly session: Session; readonly workspace: Workspace } | null = null
  /** The window's first row. */
  #first = 0
  #turn: Promise<unknown> = Promise.resolve()
  #quantiles: Float32Array = new Float32Array(0)
  readonly #state = new FollowerState()

  /**
   * @param window the newest window: its lookback, and known up to the last horizon; kept and moved on
   * @param run runs work on the engine's session, once more on a new one where the device is lost
   */
  constructor(window: SeriesWindows, shape: NetworkShape, run: RunOnDevice) {
    this.#window = window
    this.#shape = shape
    this.#run = run
  }

  get quantiles(): Float32Array {
    return this.#quantiles
  }

  /** The first forecast. */
  start(): Promise<Float32Array> {
    return this.#inTurn(session => this.#computeAll(session))
  }

  /** @throws EngineError as `Follower.push`, and `FOLLOWER_BROKEN` once a computation has failed */
  async push(observed: Float32Array, known: Float32Array): Promise<Float32Array> {
    this.#state.check()
    checkStep(observed, known, this.#shape)
    // copies, for the caller may reuse its arrays before the turn comes
    const step = { observed: observed.slice(), known: known.slice() }
    let isAppended = false
    return this.#inTurn(session => {
      if (!isAppended) {
        appendStep(this.#window.observed, step.observed)
        appendStep(this.#window.known, step.known)
        isAppended = true
      }
      const hasRows = this.#held?.session === session && this.#first < ROOM_STEPS
      return hasRows ? this.#computeNewest(session) : this.#computeAll(session)
    })
  }

  /** Pushes whose turn has not come are refused; the workspace goes back when the one that computes is done. */
  dispose(): void {
    if (this.#state.dispose()) this.#turn = this.#turn.then(() => this.#release())
  }

  #release(): void {
    this.#held?.session.giveWorkspace(this.#held.workspace)
    this.#held = null
  }

  /** One after another: each forecast builds on the rows of the one before. */
  #inTurn(compute: (session: Session) => Promise<Float32Array>): Promise<Float32Array> {
    const turn = this.#turn.then(async () => {
      this.#state.check()
      try {
        this.#quantiles = await this.#state.computing(() => this.#run(compute))
        return this.#quantiles
      } catch (error) {
        this.#release()
        throw error
      }
    })
    this.#turn = turn.catch(() => {})
    return turn
  }

  async #computeAll(session: Session): Promise<Float32Array> {
    const { schedule } = session
    const { lookback: L, horizons: H, quantiles: Q } = schedule.plan.shape
    if (this.#held?.session !== session) this.#held = { session, workspace: session.takeWorkspace() }
    const { workspace } = this.#held
    const { horizons } = this.#window
    const layout = seriesLayout(schedule, this.#window, { pastRows: L, futureStart: L + ROOM_STEPS })
    const rows = L + 2 * ROOM_STEPS + 1 + horizons.at(-1)! - horizons[0]
    await session.fit(workspace, {
      inputWords: layout.inputWords,
      stepQuads: rows * schedule.recordQuads.step,
      windowQuads: (L + H) * schedule.recordQuads.window,
      resultFloats: H * Q,
    })
    const { fields } = layout
    writeHeader(workspace.words, fields, layout.decoder)
    workspace.words[fields.symbolsAt] = this.#window.symbol
    workspace.floats.set(this.#window.observed, fields.observedAt)
    workspace.floats.set(this.#window.known, fields.knownAt)
    this.#first = 0
    return this.#submit(session, workspace, fields, layout.inputWords)
  }

  async #computeNewest(session: Session): Promise<Float32Array> {
    const { shape } = session.schedule.plan
    const { lookback: L, observed: Fo, known: Fk } = shape
    const { workspace } = this.#held!
    const { observed, known, horizons, symbol } = this.#window
    this.#first++
    // of known: the newest past step's row, and behind it the newest future step's
    const futureStart = L + ROOM_STEPS
    const { fields, decoder } = seriesLayout(session.schedule, this.#window, { pastRows: L, futureStart })
    const symbolsAt = headerWords(shape)
    const newest = {
      ...fields,
      firstWindow: this.#first,
      pastRows: 1,
      futureRows: 1,
      symbolsAt,
      observedAt: symbolsAt + 1,
      knownAt: symbolsAt + 1 + Fo,
      knownFuture: 1,
      pastStart: this.#first + L - 1,
      futureStart: futureStart + this.#first + horizons.at(-1)! - horizons[0],
    }
    writeHeader(workspace.words, newest, decoder)
    workspace.words[symbolsAt] = symbol
    workspace.floats.set(observed.subarray(-Fo), newest.observedAt)
    workspace.floats.set(known.subarray((L - 1) * Fk, L * Fk), newest.knownAt)
    workspace.floats.set(known.subarray(-Fk), newest.knownAt + Fk)
    return this.#submit(session, workspace, newest, newest.knownAt + 2 * Fk)
  }

  #submit(
    session: Session,
    workspace: Workspace,
    { pastRows, futureRows }: { pastRows: number; futureRows: number },
    inputWords: number,
  ): Promise<Float32Array> {
    const { horizons, quantiles } = session.schedule.plan.shape
    return session.submit(workspace, {
      size: { windows: 1, stepWindows: 1, pastRows, futureRows },
      inputWords,
      stages: ['step', 'window'],
      explain: false,
      resultFloats: horizons * quantiles,
    })
  }
}
