import { beforeAll, describe, expect, it } from 'vitest'
import type { FeatureProgram } from '../../sdk/feature/compile-features.ts'
import { computePanel } from '../../sdk/feature/compute-features.ts'
import type { FeatureRows, FeatureTable } from '../../sdk/feature/feature-table.ts'
import { compileExamples, cutPanel, PANEL_SYMBOLS, panelOf } from '../fixtures/feature/feature-panel.ts'
import {
  findChunkDifferences,
  findLongMemory,
  findLookAhead,
  findStreamDifferences,
} from '../fixtures/feature/look-ahead.ts'
import { hasMarketData, recordedCandles } from '../fixtures/market-data.ts'

const pairOf = (symbol: string) => symbol.replace('/', '')

describe.skipIf(!hasMarketData('features of recorded candles, batch against stream'))(
  'every documented feature of BTC/USDT on the recorded candles since 2018 with their gaps, the longest of 33 hours',
  () => {
    let program: FeatureProgram
    let panel: FeatureRows[]
    let whole: FeatureTable[]
    beforeAll(() => {
      program = compileExamples(undefined, ['BTC/USDT'])
      panel = panelOf(program, new Map(PANEL_SYMBOLS.map(symbol => [symbol, recordedCandles(pairOf(symbol))])))
      whole = computePanel(program, panel)
    }, 60_000)

    it('has the same bits candle by candle as computed at once', () => {
      const gaps = panel[0].openTimeMs.filter((time, t) => t > 0 && time - panel[0].openTimeMs[t - 1] > 3_600_000)
      expect(panel[0].length).toBeGreaterThan(65_000)
      expect(gaps.length).toBe(27)
      expect(findStreamDifferences(program, panel, whole)).toEqual([])
    })

    it.each(['2018-02-09T10:00Z', '2021-04-25T05:00Z'])('has the same bits on data cut at %s', time => {
      expect(findLookAhead(program, panel, Date.parse(time), whole)).toEqual([])
    })

    it.each(['2020-12-31T22:00Z', '2023-03-24T11:00Z'])(
      'has the same bits when history begins at %s, as soon as it no longer remembers it',
      time => {
        expect(findLongMemory(program, panel, Date.parse(time), whole)).toEqual([])
      },
    )
  },
)

describe.skipIf(!hasMarketData('features of recorded candles of three symbols'))(
  'every documented feature of three symbols on recorded candles of five months of 2021, with their gaps',
  () => {
    it('has the same bits candle by candle and in chunks of 1000 as computed at once', () => {
      const program = compileExamples()
      const market = new Map(PANEL_SYMBOLS.map(symbol => [symbol, recordedCandles(pairOf(symbol))]))
      const panel = cutPanel(panelOf(program, market), Date.UTC(2021, 0, 1), Date.UTC(2021, 5, 1))
      const whole = computePanel(program, panel)
      expect(findStreamDifferences(program, panel, whole)).toEqual([])
      expect(findChunkDifferences(program, panel, 1000, whole)).toEqual([])
    })
  },
)
