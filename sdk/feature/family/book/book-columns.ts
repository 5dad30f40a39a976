import type { Series } from '../../graph/graph.ts'
import type { Scope } from '../../graph/scope.ts'
import { eachRow } from '../../op/each-row.ts'
import { integer, type Parameter } from '../../parameters.ts'

/** Levels of a side of the order book, from the best. */
export const levels: Parameter<number> = integer({ min: 1, max: 10 })

export const FRACTION_TO_BPS = 10_000

export const bestBid = (scope: Scope): Series => scope.input('bidPrice1')
export const bestAsk = (scope: Scope): Series => scope.input('askPrice1')

/** `(best bid + best ask) / 2` */
export const midPrice = (scope: Scope): Series =>
  eachRow('midPrice', [bestBid(scope), bestAsk(scope)], (out, [bid, ask], count) => {
    for (let i = 0; i < count; i++) out[i] = (bid[i] + ask[i]) / 2
  })

/** One column of a side's best levels. */
export const sideColumns = (
  scope: Scope,
  side: 'bid' | 'ask',
  what: 'Price' | 'Quantity',
  levels: number,
): readonly Series[] => Array.from({ length: levels }, (_, level) => scope.input(`${side}${what}${level + 1}`))

/** Quantity of a side's best levels; NaN where one of them is not there. */
export const sideQuantity = (scope: Scope, side: 'bid' | 'ask', levels: number): Series =>
  eachRow(`sumOf ${levels}`, sideColumns(scope, side, 'Quantity', levels), (out, columns, count) => {
    for (let i = 0; i < count; i++) {
      let sum = 0
      for (let level = 0; level < levels; level++) sum += columns[level][i]
      out[i] = sum
    }
  })
