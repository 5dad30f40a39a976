import { describe, expect, it } from 'vitest'
import { HOUR_MS } from '../../../../../sdk/units.ts'
import { toTable } from '../../../../../trainer/data/candle-table.ts'
import type { SeriesKey } from '../../../../../trainer/data/market-store.ts'
import { acceptSeries } from '../../../../../trainer/data/quality/accept-series.ts'
import { parsePolicy } from '../../../../../trainer/data/quality/parse-policy.ts'
import { DEFAULT_SERIES_POLICY, SERIES_CHECKS } from '../../../../../trainer/data/quality/series-finding.ts'

const START_MS = Date.UTC(2024, 0, 1)
const KEY: SeriesKey = { exchange: 'binance', symbol: 'A/USDT', kind: 'candle', timeframe: '1h' }
const candles = Array.from({ length: 60 }, (_, i) => ({
  openTimeMs: START_MS + i * HOUR_MS,
  open: 100 + (i % 3),
  high: 104,
  low: 98,
  close: 101 + (i % 2),
  volume: 10 + (i % 7),
}))
const broken = toTable(candles.map((c, i) => (i % 10 === 5 ? { ...c, high: 97 } : c)))

describe('parsePolicy', () => {
  it('changes what is named and leaves the others as they are', () => {
    expect(parsePolicy('gap=warn, assetChange=reject')).toEqual({
      ...DEFAULT_SERIES_POLICY,
      gap: 'warn',
      assetChange: 'reject',
    })
    expect(parsePolicy('')).toEqual(DEFAULT_SERIES_POLICY)
  })

  it('has an action for every check', () => {
    expect(Object.keys(DEFAULT_SERIES_POLICY).sort()).toEqual([...SERIES_CHECKS].sort())
  })

  it.each([
    ['gpa=warn', /no check "gpa" \(in "gpa=warn"\)\. Did you mean "gap"\?/],
    ['everything=warn', /no check "everything".*The checks are missingValue, /],
    ['gap=ignore', /"gap=ignore" is no policy: expected gap=reject, gap=repair or gap=warn/],
    ['gap', /"gap" is no policy/],
    ['gap=warn=reject', /"gap=warn=reject" is no policy/],
  ])('refuses %s and says what is right', (text, message) => {
    expect(() => parsePolicy(text)).toThrowError(
      expect.objectContaining({ code: 'INVALID_POLICY', message: expect.stringMatching(message) }),
    )
  })
})

describe('acceptSeries', () => {
  it('refuses with the file, the first findings in words, and what can be done', () => {
    const refuse = () => acceptSeries(KEY, broken, 'made.csv')
    expect(refuse).toThrowError(
      expect.objectContaining({
        code: 'REJECTED',
        details: expect.objectContaining({ checks: ['ohlcOrder'], count: 6 }),
      }),
    )
    expect(refuse).toThrow(/^made\.csv: binance A\/USDT 1h is refused for 6 findings \(6 rows\)\./)
    expect(refuse).toThrow(/ohlcOrder: 2024-01-01T05:00:00Z: high 97 is below low 98\./)
    expect(refuse).toThrow(/… and 3 more\n.*--policy ohlcOrder=repair/s)
  })

  it('accepts what the policy mends', () => {
    const { repairs, rejected } = acceptSeries(KEY, broken, 'made.csv', { policy: parsePolicy('ohlcOrder=repair') })
    expect(rejected).toEqual([])
    expect(repairs.reasons).toEqual(Array.from({ length: 6 }, () => 'ohlcOrder'))
  })
})
