import { describe, expect, it } from 'vitest'
import { HOUR_MS } from '../../../../sdk/units.ts'
import { outcomeLines } from '../../../../trainer/command/fetch-outcomes.ts'
import type { FetchOutcome } from '../../../../trainer/data/exchange/fetch-market-data.ts'

const key = { exchange: 'kraken', symbol: 'BTC/USDT', kind: 'candle', timeframe: '1h' } as const
const stored = { key, rows: 8, firstMs: 0, lastMs: 9 * HOUR_MS, complete: [], bytes: 1, repairs: 0, damaged: [] }
const outcome: FetchOutcome = {
  key,
  range: { fromMs: 0, toMs: 10 * HOUR_MS },
  rowsFetched: 5,
  stored,
  wasComplete: false,
  notes: [],
  error: null,
}
const lineOf = (o: Partial<FetchOutcome>): string => outcomeLines([{ ...outcome, ...o }])[2]

describe('outcomeLines', () => {
  it('gives the rows that were fetched, those that are stored, and how many are missing between them', () => {
    expect(lineOf({})).toMatch(/kraken +BTC\/USDT +candle 1h +5 +8 +2 +1970/)
  })

  it('calls a series complete only where nothing had to be asked for', () => {
    expect(lineOf({ rowsFetched: 0, wasComplete: true })).toContain('already complete')
    expect(lineOf({ rowsFetched: 0 })).toMatch(/nothing new$/)
    expect(lineOf({ rowsFetched: 0, stored: null })).toMatch(/the exchange gave none$/)
    expect(lineOf({})).not.toMatch(/complete|nothing|none/)
  })

  it('gives what is to be known of a series below the table', () => {
    expect(outcomeLines([{ ...outcome, notes: ['it keeps its newest only'] }]).at(-1)).toBe(
      'BTC/USDT candle 1h of kraken: it keeps its newest only',
    )
  })
})
