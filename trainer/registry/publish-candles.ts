import type { Candle } from '../../sdk/candle/candle.ts'
import { formatCandleCsv } from '../../sdk/candle/candle-csv.ts'
import type { RunDirectory } from './run-directory.ts'

/** `/candles/index.json` as the demo reads it. */
export interface CandleIndex {
  readonly simulated: boolean
  readonly exchange: string
  readonly timeframe: string
  readonly symbols: readonly {
    readonly symbol: string
    readonly url: string
    readonly candles: number
    readonly startTimeMs: number
    readonly endTimeMs: number
  }[]
}

export const CANDLES_FOLDER = 'candles'
export const CANDLES_INDEX = 'index.json'

/** A year of hours and some warm-up: what the demo keeps. */
const MAX_CANDLES = 9_600

/** `BTC/USDT` → `BTCUSDT.csv`. */
const candleFileName = (symbol: string): string => `${symbol.replaceAll('/', '')}.csv`

/**
 * Puts the candles that a page may show into the run's folder: the test period and the warm-up before it, so that nothing
 * a visitor sees forecast or backtested was trained on.
 */
export async function publishCandles(
  run: RunDirectory,
  o: {
    readonly files: readonly {
      readonly symbol: string
      readonly timeframe: string
      readonly candles: readonly Candle[]
    }[]
    readonly simulated: boolean
    readonly exchange: string
    readonly testStartMs: number
    readonly warmupCandles: number
  },
): Promise<void> {
  const symbols: CandleIndex['symbols'][number][] = []
  for (const { symbol, candles } of o.files) {
    const firstTest = candles.findIndex(candle => candle.openTimeMs >= o.testStartMs)
    if (firstTest < 0) continue
    const shown = candles.slice(Math.max(firstTest - o.warmupCandles, candles.length - MAX_CANDLES, 0))
    const name = candleFileName(symbol)
    await run.write(`${CANDLES_FOLDER}/${name}`, formatCandleCsv(shown))
    symbols.push({
      symbol,
      url: `/candles/${name}`,
      candles: shown.length,
      startTimeMs: shown[0].openTimeMs,
      endTimeMs: shown[shown.length - 1].openTimeMs,
    })
  }
  const timeframe = o.files[0].timeframe
  const index: CandleIndex = { simulated: o.simulated, exchange: o.exchange, timeframe, symbols }
  await run.writeJson(`${CANDLES_FOLDER}/${CANDLES_INDEX}`, index)
}
