import type { TimeRange } from '../candle/time-ranges.ts'
import { timeframeMs } from '../units.ts'
import type { CandlePage, CandleRequest, CandleSource } from './candle-source.ts'

/** What follows from a position: a page, where there is one, and where to go on. */
export interface Step {
  readonly page: CandlePage | null
  readonly endMs: number
}

/** Sets what the source throws apart from what callbacks throw. */
export class SourceThrew extends Error {}

/** One run of the source's pages at a time, begun when it is first needed. */
export class AskedPages {
  readonly #source: CandleSource
  readonly #request: CandleRequest
  readonly #signal: AbortSignal | undefined
  #run: { readonly range: TimeRange; readonly pages: AsyncIterator<CandlePage> } | null = null

  constructor(source: CandleSource, request: CandleRequest, signal: AbortSignal | undefined) {
    this.#source = source
    this.#request = request
    this.#signal = signal
  }

  /** The next page of the present run, or of a new one over `range`. */
  async next(range: TimeRange): Promise<Step> {
    try {
      this.#run ??= { range, pages: this.#begin(range) }
      const { range: asked, pages } = this.#run
      const result = await pages.next()
      if (!result.done) return { page: result.value, endMs: this.#endOf(result.value) }
      this.#run = null
      return { page: null, endMs: asked.toMs }
    } catch (cause) {
      this.#run = null
      throw new SourceThrew('', { cause })
    }
  }

  async end(): Promise<void> {
    const run = this.#run
    this.#run = null
    await run?.pages.return?.()
  }

  #begin(range: TimeRange): AsyncIterator<CandlePage> {
    const options = this.#signal === undefined ? {} : { signal: this.#signal }
    return this.#source.pages({ ...this.#request, ...range }, options)[Symbol.asyncIterator]()
  }

  #endOf({ candles, complete }: CandlePage): number {
    const last = candles.at(-1)
    const afterLastMs = last === undefined ? 0 : last.openTimeMs + timeframeMs(this.#request.timeframe)
    return Math.max(complete.toMs, afterLastMs)
  }
}
