import { integer } from '../../parameters.ts'

/** Candles of a published indicator; the recursive ones look back on some thirty to sixty times as many. */
export const period = integer({ min: 1, max: 500 })

/** Relative to the price: moves that small are rounding errors, or what a recursion has left of moves long past. */
export const STILL = 1e-9

export const WILDER = 'Wilder (1978), New Concepts in Technical Trading Systems'
