import { integer } from '../../parameters.ts'

/** Candles of a figure that is computed anew for every candle: the bound keeps that quick. */
export const window = integer({ min: 2, max: 1_000 })

/** Candles between the values that a figure compares. */
export const lagCandles = integer({ min: 1, max: 500 })
