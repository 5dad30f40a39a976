import type { Manifest } from '../bundle/manifest.ts'
import { ConfigError, ForecastError } from '../errors.ts'
import type { Forecast } from '../forecast/forecast.ts'
import { medianIndex } from '../forecast/quantile-distribution.ts'
import { formatTimeMs, fractionToBps } from '../units.ts'
import { type CostModel, checkCosts, roundTripBps } from './costs.ts'
import type { AbstainReason, Decision } from './decision.ts'

/** The three numbers of a forecast that the gate judges. */
export interface GateView {
  /** Mean of the forecast distribution, log return in bps. */
  readonly edgeBps: number
  /** Its median, log return in bps. */
  readonly medianBps: number
  /** 80 % interval over its usual width. */
  readonly widthRatio: number
}

/** The thresholds of a manifest, in the units of a `GateView`. */
export interface GateLimits {
  /** Round trip. */
  readonly costBps: number
  readonly minEdgeBps: number
  readonly maxWidthRatio: number
}

export interface GateLimitOptions {
  readonly thresholds: Manifest['gate']
  readonly costs: CostModel
  /** Multiplies the manifest's `minEdgeToCost`; default 1. */
  readonly edgeMultiplier?: number
}

export interface GateForecastOptions extends GateLimitOptions {
  /** Horizon to judge, in candles; default: the forecast's longest. */
  readonly horizonCandles?: number
}

/** @throws ConfigError `INVALID_COSTS`, `INVALID_EDGE_MULTIPLIER` */
export function gateLimits({ thresholds, costs, edgeMultiplier = 1 }: GateLimitOptions): GateLimits {
  checkCosts(costs)
  if (!(edgeMultiplier >= 0 && edgeMultiplier < Infinity)) {
    throw new ConfigError(
      'INVALID_EDGE_MULTIPLIER',
      `edgeMultiplier is ${edgeMultiplier}: expected a finite number of 0 or more; 1 uses the threshold as shipped.`,
      { edgeMultiplier },
    )
  }
  const costBps = roundTripBps(costs)
  return {
    costBps,
    minEdgeBps: costBps * thresholds.minEdgeToCost * edgeMultiplier,
    maxWidthRatio: thresholds.maxWidthRatio,
  }
}

/** What the gate does with a view: buy (1), sell (−1) or abstain (0). Allocates nothing, for use on whole series. */
export function gateSide(edgeBps: number, medianBps: number, widthRatio: number, limits: GateLimits): -1 | 0 | 1 {
  if (!coversCost(edgeBps, limits) || !isUsualWidth(widthRatio, limits) || !medianAgrees(edgeBps, medianBps)) return 0
  return edgeBps > 0 ? 1 : -1
}

const coversCost = (edgeBps: number, limits: GateLimits): boolean => Math.abs(edgeBps) > limits.minEdgeBps
const isUsualWidth = (widthRatio: number, limits: GateLimits): boolean => widthRatio <= limits.maxWidthRatio
const medianAgrees = (edgeBps: number, medianBps: number): boolean => edgeBps * medianBps > 0

/** Every reason to abstain, in the order of the checks; empty when the gate acts. */
export function abstainReasons({ edgeBps, medianBps, widthRatio }: GateView, limits: GateLimits): AbstainReason[] {
  const reasons: AbstainReason[] = []
  if (!coversCost(edgeBps, limits)) {
    reasons.push({
      code: 'EDGE_BELOW_COST',
      value: edgeBps,
      limit: limits.minEdgeBps,
      text: `expected ${formatSignedBps(edgeBps)} bps, more than ±${limits.minEdgeBps.toFixed(1)} bps needed for a round trip of ${limits.costBps.toFixed(1)} bps`,
    })
  }
  if (!isUsualWidth(widthRatio, limits)) {
    reasons.push({
      code: 'INTERVAL_TOO_WIDE',
      value: widthRatio,
      limit: limits.maxWidthRatio,
      text: `80 % interval ${widthRatio.toFixed(2)} × its usual width, at most ${limits.maxWidthRatio.toFixed(2)} × allowed`,
    })
  }
  if (!medianAgrees(edgeBps, medianBps)) {
    reasons.push({
      code: 'MEDIAN_DISAGREES',
      value: medianBps,
      limit: 0,
      text: `median ${formatSignedBps(medianBps)} bps does not share the sign of the expected ${formatSignedBps(edgeBps)} bps`,
    })
  }
  return reasons
}

/** `+3.1`, `−0.4`: a signed number of bps for people. */
export const formatSignedBps = (bps: number): string => `${bps >= 0 ? '+' : '−'}${Math.abs(bps).toFixed(1)}`

/**
 * To act on a forecast, or not to. A pure function: acts when the expected log return exceeds the round-trip cost by the
 * manifest's margin, the 80 % interval is not wider than usual by more than its limit, and the median points the same way.
 * Everything else abstains and says why, every reason at once.
 * @throws ForecastError `UNKNOWN_HORIZON`, `NON_FINITE_FORECAST`; ConfigError `INVALID_COSTS`, `INVALID_EDGE_MULTIPLIER`
 */
export function gateForecast(forecast: Forecast, o: GateForecastOptions): Decision {
  const limits = gateLimits(o)
  const known = forecast.horizons.map(h => h.horizonCandles)
  const horizonCandles = o.horizonCandles ?? known[known.length - 1]
  const horizon = forecast.horizons[findHorizon(known, horizonCandles, forecast.model)]
  const view: GateView = {
    edgeBps: fractionToBps(horizon.expectedLogReturn),
    medianBps: fractionToBps(horizon.logReturnQuantiles[medianIndex(forecast.quantileLevels)]),
    widthRatio: horizon.widthRatio,
  }
  for (const [field, value] of Object.entries(view)) {
    if (!Number.isFinite(value)) {
      throw new ForecastError(
        'NON_FINITE_FORECAST',
        `${forecast.symbol} at ${formatTimeMs(forecast.asOfMs)}: ${field} of the ${horizonCandles}-candle horizon is ${value}. ` +
          'A forecast must be finite; make it with predictPrice.',
        { symbol: forecast.symbol, asOfMs: forecast.asOfMs, field, value, horizonCandles },
      )
    }
  }
  const facts = { horizonCandles, edgeBps: view.edgeBps, costBps: limits.costBps, asOfMs: forecast.asOfMs }
  const side = gateSide(view.edgeBps, view.medianBps, view.widthRatio, limits)
  return side === 0
    ? { kind: 'abstain', reasons: abstainReasons(view, limits), ...facts }
    : { kind: 'act', side: side > 0 ? 'buy' : 'sell', ...facts }
}

/** Position of a horizon among those a model has. @throws ForecastError `UNKNOWN_HORIZON` */
export function findHorizon(known: readonly number[], horizonCandles: number, model: string): number {
  const at = known.indexOf(horizonCandles)
  if (at < 0) {
    throw new ForecastError(
      'UNKNOWN_HORIZON',
      `${model} has no horizon of ${horizonCandles} candles. It forecasts ${known.join(', ')} candles ahead.`,
      { horizonCandles, known },
    )
  }
  return at
}
