import { type Forecast, timeframeMs } from 'edgequant'

/** One quantile drawn from the last close to the longest horizon. */
interface QuantileCurve {
  readonly level: number
  /** Price at each of `offsets`. */
  readonly prices: readonly number[]
}

/** A forecast as curves over the candles ahead. */
export interface FanShape {
  /** Candles after the last close, starting with 0. */
  readonly offsets: readonly number[]
  /** Widest first: the lower and upper quantile and the share of outcomes expected between them. */
  readonly bands: readonly { readonly share: number; readonly low: QuantileCurve; readonly high: QuantileCurve }[]
  readonly median: QuantileCurve
  /** Offsets that the model really forecasts; between them the curves are interpolated. */
  readonly horizons: readonly { readonly offset: number; readonly label: string }[]
}

/**
 * Between horizons, log returns are interpolated over the square root of time, the path a quantile of a random walk
 * takes: straight lines would suggest precision between the forecasts where there is none.
 */
export function fanShape(forecast: Forecast, label: (durationMs: number) => string): FanShape {
  const { horizons, quantileLevels, close } = forecast
  const longest = horizons[horizons.length - 1].horizonCandles
  const offsets = Array.from({ length: longest + 1 }, (_, offset) => offset)
  const knots = [0, ...horizons.map(horizon => horizon.horizonCandles)]

  const curve = (quantile: number): QuantileCurve => {
    const values = [0, ...horizons.map(horizon => horizon.logReturnQuantiles[quantile])]
    const prices = offsets.map(offset => {
      const right = Math.max(
        1,
        knots.findIndex(knot => knot >= offset),
      )
      const [from, to] = [Math.sqrt(knots[right - 1]), Math.sqrt(knots[right])]
      const share = (Math.sqrt(offset) - from) / (to - from)
      return close * Math.exp(values[right - 1] + share * (values[right] - values[right - 1]))
    })
    return { level: quantileLevels[quantile], prices }
  }

  const last = quantileLevels.length - 1
  const bands = quantileLevels
    .slice(0, Math.floor(quantileLevels.length / 2))
    .map((level, i) => ({ share: quantileLevels[last - i] - level, low: curve(i), high: curve(last - i) }))
  return {
    offsets,
    bands,
    median: curve(quantileLevels.indexOf(0.5)),
    horizons: horizons.map(({ horizonCandles }) => ({
      offset: horizonCandles,
      label: label(horizonCandles * timeframeMs(forecast.timeframe)),
    })),
  }
}
