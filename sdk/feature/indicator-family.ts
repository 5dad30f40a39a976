import type { Candle } from '../candle/candle.ts'
import { type ObservedFamily, observedFeature } from './feature.ts'
import { CANDLE_COLUMNS } from './graph/scope.ts'
import type { Arguments, Parameters } from './parameters.ts'

/** An indicator as the package trading-signals and others make them: it takes values one by one. */
export interface PublishedIndicator<Input, Result> {
  /** The result with the next value, or null while there are too few. */
  add(value: Input): Result | null
  /** Values needed for the first result. */
  getRequiredInputs(): number
}

/** A candle as an indicator gets it: a new object each time, which it may keep. */
export type IndicatorCandle = Omit<Candle, 'openTimeMs'>

interface IndicatorFamily<P extends Parameters, Input, Result>
  extends Omit<ObservedFamily<P>, 'kind' | 'group' | 'build'> {
  create(args: Arguments<P>): PublishedIndicator<Input, Result>
  /** What the indicator takes of a candle. */
  input(candle: IndicatorCandle): Input
  /** The feature's value; NaN or an infinity: none. */
  value(result: Result, candle: IndicatorCandle): number
  /** Candles before a candle beyond which its value hardly changes. */
  memoryCandles(args: Arguments<P>): number
}

/**
 * Makes a family of an indicator that somebody else wrote. It is created anew for every run and gets every candle once, so
 * it cannot look ahead. Slower than our own ones: it allocates as its author chose, and an object per candle here.
 */
export function indicatorFamily<const P extends Parameters, Input, Result>(
  family: IndicatorFamily<P, Input, Result>,
): ObservedFamily {
  const { create, input, value, memoryCandles, ...facts } = family
  return observedFeature({
    ...facts,
    group: 'indicator',
    build: (scope, args) => {
      const needed = create(args).getRequiredInputs()
      return scope.graph.add({
        key: `indicator ${family.name} ${JSON.stringify(args)}`,
        inputs: CANDLE_COLUMNS.map(column => scope.candle(column)),
        lookbackRows: Math.max(memoryCandles(args), needed - 1),
        firstValueRows: needed - 1,
        // how it sums is its own matter
        exactMemory: false,
        start: () => {
          const indicator = create(args)
          return (out, [open, high, low, close, volume], { count }) => {
            for (let i = 0; i < count; i++) {
              const candle = { open: open[i], high: high[i], low: low[i], close: close[i], volume: volume[i] }
              const result = indicator.add(input(candle))
              const found = result === null ? Number.NaN : value(result, candle)
              out[i] = Number.isFinite(found) ? found : Number.NaN
            }
          }
        },
      })
    },
  })
}
