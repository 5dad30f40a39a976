import type { Candle } from '../candle/candle.ts'
import { SourceError } from '../errors.ts'
import { formatTimeMs, timeframeMs } from '../units.ts'
import type { CandleRequest, CandleSource } from './candle-source.ts'

/** The newest closed candles of a market. */
export type NewestCandlesRequest = Pick<CandleRequest, 'symbol' | 'timeframe'> & {
  /** How many; fewer come where the source has no more. */
  readonly candles: number
  /** Default: the present. */
  readonly nowMs?: number
}

export interface LoadCandlesOptions {
  readonly signal?: AbortSignal
  /** After each page, in candles; a market with gaps has fewer candles than places for them. */
  readonly onProgress?: (progress: { readonly done: number; readonly total: number }) => void
}

/**
 * All candles of a request, oldest first. Gaps of the market are gaps here: see `fillShortGaps` and `splitAtGaps`.
 *
 * @example
 * const candles = await loadCandles(source, { symbol: 'BTC/USDT', timeframe: '1h', candles: 500 })
 * const forecast = await service.predictPrice({ symbol: 'BTC/USDT', candles })
 * @throws SourceError `NO_CANDLES`; whatever the source throws; AbortedError
 */
export async function loadCandles(
  source: CandleSource,
  request: CandleRequest | NewestCandlesRequest,
  { signal, onProgress }: LoadCandlesOptions = {},
): Promise<Candle[]> {
  const range = 'candles' in request ? newest(request) : request
  const stepMs = timeframeMs(range.timeframe)
  const total = Math.ceil((range.toMs - range.fromMs) / stepMs)
  const candles: Candle[] = []
  for await (const page of source.pages(range, signal ? { signal } : {})) {
    // one by one: a page may have more candles than a call may have arguments
    for (const candle of page.candles) candles.push(candle)
    const reachedMs = Math.max(page.complete.toMs, (candles.at(-1)?.openTimeMs ?? range.fromMs) + stepMs)
    onProgress?.({ done: Math.min(total, Math.max(0, Math.round((reachedMs - range.fromMs) / stepMs))), total })
  }
  if (candles.length > 0) return candles
  const { symbol, timeframe, fromMs, toMs } = range
  throw new SourceError(
    'NO_CANDLES',
    `${source.name} has no ${timeframe} candles of ${symbol} that open from ${formatTimeMs(fromMs)} to ${formatTimeMs(toMs)}. Ask for another time, or check when the market was listed.`,
    { source: source.name, symbol, timeframe, fromMs, toMs },
  )
}

function newest({ symbol, timeframe, candles, nowMs = Date.now() }: NewestCandlesRequest): CandleRequest {
  const stepMs = timeframeMs(timeframe)
  const toMs = Math.floor(nowMs / stepMs) * stepMs
  return { symbol, timeframe, fromMs: toMs - candles * stepMs, toMs }
}
