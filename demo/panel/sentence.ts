import { type Decision, type Forecast, timeframeMs } from 'edgequant'
import { formatBps, formatCostBps, formatDuration, formatPercent, formatPrice } from '../app/format.ts'

/** The outer quantiles that make the 80 % interval. */
const LOW = 0.1
const HIGH = 0.9

/** The forecast of one horizon as the panels quote it. */
export function quoteHorizon(forecast: Forecast, horizonCandles: number | null) {
  const horizon = forecast.horizons.find(h => h.horizonCandles === horizonCandles) ?? forecast.horizons.at(-1)!
  const at = (level: number) => horizon.logReturnQuantiles[forecast.quantileLevels.indexOf(level)]
  return {
    horizon,
    duration: formatDuration(horizon.horizonCandles * timeframeMs(forecast.timeframe)),
    medianReturn: Math.expm1(at(0.5)),
    lowReturn: Math.expm1(at(LOW)),
    highReturn: Math.expm1(at(HIGH)),
  }
}

/** The chart in a sentence, for those who cannot see it. */
export function forecastSentence(forecast: Forecast, horizonCandles: number | null): string {
  const { duration, medianReturn, lowReturn, highReturn } = quoteHorizon(forecast, horizonCandles)
  return `${forecast.symbol} at ${formatPrice(forecast.close)}: over the next ${duration} the median forecast is ${formatPercent(medianReturn, 2)}, with 80 % of outcomes expected between ${formatPercent(lowReturn)} and ${formatPercent(highReturn)}.`
}

/** The decision in a sentence, read out whenever it changes. */
export function decisionSentence(symbol: string, decision: Decision, candleMs: number): string {
  const duration = formatDuration(decision.horizonCandles * candleMs)
  const edge = `expected ${formatBps(decision.edgeBps)} over ${duration}, cost ${formatCostBps(decision.costBps)}`
  return decision.kind === 'act'
    ? `${symbol}: ${decision.side}, ${edge}.`
    : `${symbol}: abstain, ${edge}; ${decision.reasons.map(reason => reason.text).join('; ')}.`
}
