import type { Candle } from '../candle/candle.ts'
import { CandleError, SourceError } from '../errors.ts'
import { formatTimeMs, type Timeframe, timeframeMs } from '../units.ts'
import type { CandleRequest, CandleSource } from './candle-source.ts'

/** One market's candles in memory: closed, oldest first, each once; gaps stay gaps. */
export interface CandleArray {
  readonly symbol: string
  readonly timeframe: Timeframe
  readonly candles: readonly Candle[]
}

export interface ArrayCandleSourceOptions {
  /** Default `memory`. */
  readonly name?: string
}

/**
 * Candles that are in memory already. Complete over each array's own span, from its first to its last candle.
 *
 * @example
 * const source = arrayCandleSource([{ symbol: 'BTC/USDT', timeframe: '1h', candles }])
 * @throws CandleError `UNORDERED_TIME`, `DUPLICATE_TIME`; from `pages`: SourceError `NO_SUCH_SERIES`
 */
export function arrayCandleSource(
  series: readonly CandleArray[],
  { name = 'memory' }: ArrayCandleSourceOptions = {},
): CandleSource {
  for (const one of series) checkOrder(one)
  return {
    name,
    async *pages(request: CandleRequest) {
      const { candles, timeframe } = findSeries(series, request, name)
      if (candles.length === 0) return
      const fromMs = Math.max(request.fromMs, candles[0].openTimeMs)
      const toMs = Math.min(request.toMs, candles[candles.length - 1].openTimeMs + timeframeMs(timeframe))
      if (fromMs >= toMs) return
      yield { candles: candles.filter(c => c.openTimeMs >= fromMs && c.openTimeMs < toMs), complete: { fromMs, toMs } }
    },
  }
}

function checkOrder({ symbol, timeframe, candles }: CandleArray): void {
  for (let i = 1; i < candles.length; i++) {
    const { openTimeMs } = candles[i]
    if (openTimeMs > candles[i - 1].openTimeMs) continue
    const isTwice = openTimeMs === candles[i - 1].openTimeMs
    throw new CandleError(
      isTwice ? 'DUPLICATE_TIME' : 'UNORDERED_TIME',
      `${symbol} ${timeframe} candle ${formatTimeMs(openTimeMs)} (index ${i}) ${isTwice ? 'opens at the same time as the one before it. Keep one of the two.' : `comes after ${formatTimeMs(candles[i - 1].openTimeMs)}. Sort candles oldest first.`}`,
      { symbol, timeframe, index: i, openTimeMs },
    )
  }
}

function findSeries(series: readonly CandleArray[], { symbol, timeframe }: CandleRequest, name: string): CandleArray {
  const found = series.find(one => one.symbol === symbol && one.timeframe === timeframe)
  if (found !== undefined) return found
  const known = series.map(one => `${one.symbol} ${one.timeframe}`)
  throw new SourceError(
    'NO_SUCH_SERIES',
    `${name} has no ${timeframe} candles of "${symbol}"; it has ${known.join(', ') || 'nothing'}.`,
    { source: name, symbol, timeframe, known },
  )
}
