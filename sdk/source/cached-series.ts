import type { TimeRange } from '../candle/time-ranges.ts'
import { ServiceError } from '../errors.ts'
import { type CandleSeriesKey, readStoredSegment, type StoredSegment, storeCandles } from '../store/candle-store.ts'
import type { CandlePage } from './candle-source.ts'

/** What is kept of a series, while one request lasts. Where that cannot be read, nothing is kept. */
export class CachedSeries {
  readonly #key: CandleSeriesKey
  readonly #onProblem: ((problem: ServiceError) => void) | undefined
  #canRead = true
  #canWrite = true

  constructor(key: CandleSeriesKey, onProblem: ((problem: ServiceError) => void) | undefined) {
    this.#key = key
    this.#onProblem = onProblem
  }

  async read(range: TimeRange): Promise<StoredSegment> {
    if (this.#canRead) {
      try {
        return await readStoredSegment(this.#key, range)
      } catch (problem) {
        this.#canRead = false
        this.#canWrite = false
        this.#tell(problem)
      }
    }
    return { range, isComplete: false, candles: [] }
  }

  async store({ candles, complete }: CandlePage): Promise<void> {
    if (!this.#canWrite) return
    try {
      await storeCandles(this.#key, candles, complete)
    } catch (problem) {
      this.#canWrite = false
      this.#tell(problem)
    }
  }

  #tell(problem: unknown): void {
    if (!(problem instanceof ServiceError)) throw problem
    this.#onProblem?.(problem)
  }
}
