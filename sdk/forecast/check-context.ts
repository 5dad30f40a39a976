import { FeatureError } from '../errors.ts'
import type { FeatureProgram } from '../feature/compile-features.ts'
import { CANDLES_LACKING } from '../feature/op/axes.ts'
import { formatTimeMs } from '../units.ts'
import type { ForecastInputs } from './forecaster.ts'

/**
 * Cross-asset features have values without a symbol that is young or has ended: those of another market than the one trained
 * on. So the other symbols must be there before a forecast is made of them.
 * @throws FeatureError `NO_CANDLES`, `TOO_FEW_CANDLES`, `STALE_CONTEXT`
 */
export function checkContext({ series, panel }: Required<ForecastInputs>, program: FeatureProgram): void {
  const newestMs = series.openTimeMs[series.length - 1]
  for (const symbol of othersOf(program, series.symbol)) {
    const rows = panel.find(candidate => candidate.symbol === symbol)
    if (!rows) throw noCandles(series.symbol, symbol, program)
    if (rows.length < program.warmupCandles) throw tooFewCandles(series.symbol, symbol, rows.length, program)
    checkStale(
      { symbol: series.symbol, openTimeMs: newestMs },
      { symbol, newestMs: rows.openTimeMs[rows.length - 1] },
      program,
    )
  }
}

/** Symbols whose candles a symbol's features look at. */
export const othersOf = ({ panelSymbols }: FeatureProgram, symbol: string): readonly string[] =>
  panelSymbols.filter(other => other !== symbol)

/** @throws FeatureError `STALE_CONTEXT` */
export function checkStale(
  { symbol, openTimeMs }: { readonly symbol: string; readonly openTimeMs: number },
  other: { readonly symbol: string; readonly newestMs: number },
  { stepMs }: FeatureProgram,
): void {
  const given = (openTimeMs - other.newestMs) / stepMs
  if (given <= CANDLES_LACKING) return
  throw new FeatureError(
    'STALE_CONTEXT',
    `${other.symbol}: its newest candle, ${formatTimeMs(other.newestMs)}, is ${given} candles before ${symbol}'s, ` +
      `${formatTimeMs(openTimeMs)}; at most ${CANDLES_LACKING} will do. Give its candles up to the same time.`,
    { symbol: other.symbol, newestMs: other.newestMs, openTimeMs, given, needed: CANDLES_LACKING },
  )
}

function noCandles(symbol: string, other: string, { panelSymbols }: FeatureProgram): FeatureError {
  return new FeatureError(
    'NO_CANDLES',
    `The features of ${symbol} need candles of ${panelSymbols.join(', ')}; there are none of ${other}. Give them in the context.`,
    { symbol: other },
  )
}

function tooFewCandles(
  symbol: string,
  other: string,
  given: number,
  { warmupCandles: needed }: FeatureProgram,
): FeatureError {
  return new FeatureError(
    'TOO_FEW_CANDLES',
    `${other}: ${given} candles given within the time that a forecast of ${symbol} looks at, ${needed} needed (feature ` +
      `warm-up). Give ${needed - given} more, up to ${symbol}'s newest candle.`,
    { symbol: other, given, needed },
  )
}
