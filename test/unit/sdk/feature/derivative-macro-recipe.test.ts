import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { compileFeatures } from '../../../../sdk/feature/compile-features.ts'
import { computePanel } from '../../../../sdk/feature/compute-features.ts'
import { FeatureStream } from '../../../../sdk/feature/feature-stream.ts'
import type { FeatureRows, FeatureTable } from '../../../../sdk/feature/feature-table.ts'
import { alignInputs } from '../../../../sdk/feature/input/align-inputs.ts'
import { InputFeed } from '../../../../sdk/feature/input/input-feed.ts'
import { INPUT_SOURCES, MACRO_SERIES } from '../../../../sdk/feature/input/input-source.ts'
import { ALL_TIMES, type InputEvents } from '../../../../sdk/feature/input/source-follower.ts'
import { HOUR_MS } from '../../../../sdk/units.ts'
import { readMacroFile } from '../../../../trainer/data/feature-inputs/macro-file.ts'
import { RECIPE_MARKET, RECIPE_OTHERS, recipeRows } from '../../../fixtures/feature/recipe.ts'
import reference from '../../../fixtures/feature/recipe-perpetual-macro.json' with { type: 'json' }
import {
  hasMarketData,
  recordedFunding,
  recordedPath,
  recordedPerpetualCandles,
} from '../../../fixtures/market-data.ts'

/** The recipe's columns of funding, basis and macro series, by its names for them. */
const COLUMNS: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    ['BTC', 'ETH'].flatMap(asset => [
      [`${asset}_fund`, `leadFunding(${asset}/USDT,1)`],
      [`${asset}_fund3d`, `leadFunding(${asset}/USDT,72)`],
      [`${asset}_bas`, `leadBasis(${asset}/USDT,1)`],
      [`${asset}_bas24`, `leadBasis(${asset}/USDT,24)`],
      [`${asset}_basd`, `leadBasisChange(${asset}/USDT,24)`],
    ]),
  ),
  vix: 'vixLevel',
  vixd: 'vixChange(1)',
  vix5: 'vixSurprise(20)',
  spy1: 'macroReturn(SPY,1)',
  spy5: 'macroReturn(SPY,5)',
}

const DERIVATIVE_INPUTS = ['fundingRate', 'perpetualClose', 'spotClose']
const MACRO_INPUTS = ['vixClose', 'vixClose[1]', 'vixLogMean[20]', 'spyClose', 'spyClose[1]', 'spyClose[5]']
const CORRELATION_INPUTS = ['spyClose', 'spyClose[1]', 'spySession', 'dxyClose', 'dxyClose[1]', 'dxySession']

const eventsOf = (length: number, columns: Record<string, number[]>): InputEvents => ({
  length,
  columns: Object.fromEntries(Object.entries(columns).map(([name, values]) => [name, Float64Array.from(values)])),
  covered: ALL_TIMES,
})

function derivativeEvents(asset: string, { length, openTimeMs, close }: FeatureRows) {
  const funding = recordedFunding(`${asset}USDT`)
  const perpetual = recordedPerpetualCandles(`${asset}USDT`, '1h')
  return {
    spot: { length, columns: { openTimeMs, close }, covered: ALL_TIMES },
    funding: eventsOf(funding.length, { timeMs: funding.map(f => f.timeMs), rate: funding.map(f => f.rate) }),
    perpetual: eventsOf(perpetual.length, {
      openTimeMs: perpetual.map(candle => candle.openTimeMs),
      close: perpetual.map(candle => candle.close),
    }),
  }
}

describe.skipIf(!hasMarketData('funding, basis and macro features of the recipe'))(
  'funding, basis and macro features on the recorded data',
  () => {
    let macro: Record<string, InputEvents>
    let leaders: FeatureRows[]
    beforeAll(async () => {
      const files = MACRO_SERIES.map(async s => [s, await readMacroFile(recordedPath('macro', `${s}_1d`))] as const)
      macro = Object.fromEntries(await Promise.all(files))
      leaders = ['BTC', 'ETH'].map(asset => withInputs(asset, [...MACRO_INPUTS, ...DERIVATIVE_INPUTS]))
    })

    function withInputs(asset: string, inputs: readonly string[]): FeatureRows {
      const rows = recipeRows(asset)
      const own = inputs.includes('fundingRate') ? derivativeEvents(asset, rows) : {}
      return { ...rows, inputs: alignInputs({ inputs, candles: rows, events: { ...macro, ...own } }) }
    }

    function tableOf(asset: string, features: readonly string[]): FeatureTable {
      const symbol = `${asset}/USDT`
      const program = compileFeatures({ features }, { symbols: [symbol], timeframe: '1h' })
      const own = leaders.some(rows => rows.symbol === symbol) ? [] : [withInputs(asset, MACRO_INPUTS)]
      return computePanel(program, [...own, ...leaders])[0]
    }

    it.each(Object.keys(reference.symbols))('equal the values of its Python code within 1e-6: %s', asset => {
      const table = tableOf(asset, Object.values(COLUMNS))
      const { openTimeMs, columns } = reference.symbols[asset as 'BTC']
      expect(Object.keys(columns)).toEqual(Object.keys(COLUMNS))
      for (const [python, feature] of Object.entries(COLUMNS)) {
        const column = table.observed[table.observedNames.indexOf(feature)]
        const expected: (number | null)[] = columns[python as 'vix']
        openTimeMs.forEach((time, i) => {
          const value = column[table.series.openTimeMs.indexOf(time)]
          const where = `${feature} at ${new Date(time).toISOString()}: ${value}, Python's ${python} ${expected[i]}`
          // where a leader has no candle the recipe has no value, and a feature the last one
          if (expected[i] !== null) expect(Math.abs(value - expected[i]), where).toBeLessThan(1e-6)
        })
      }
    })

    it('have for a symbol itself what others have of it as a leader', () => {
      const [own, asLeader] = [
        ['funding(1)', 'funding(72)', 'basis(1)', 'basis(24)', 'basisChange(24)'],
        Object.values(COLUMNS).slice(0, 5),
      ]
      const table = tableOf('BTC', [...own, ...asLeader])
      for (let f = 0; f < own.length; f++) {
        const settled = table.observedFeatures.map(feature => feature.warmupCandles)
        const from = Math.max(settled[f], settled[f + own.length])
        expect(table.observed[f].subarray(from), own[f]).toEqual(table.observed[f + own.length].subarray(from))
      }
    })

    it('correlate daily returns with SPY and DXY as pandas does', () => {
      const features = ['macroCorrelation(SPY,60)', 'macroCorrelation(DXY,60)']
      const program = compileFeatures({ features }, { symbols: ['BTC/USDT'], timeframe: '1h' })
      const [table] = computePanel(program, [withInputs('BTC', CORRELATION_INPUTS)])
      for (const [f, series] of (['SPY', 'DXY'] as const).entries()) {
        for (const [time, expected] of Object.entries(reference.correlations[series])) {
          const value = table.observed[f][table.series.openTimeMs.indexOf(Number(time))]
          expect(Math.abs(value - expected), `${series} ${time}: ${value}, ${expected}`).toBeLessThan(1e-9)
        }
      }
    })

    it('have the same bits candle by candle, with events pushed as they are known', () => {
      const inputs = [...MACRO_INPUTS, ...DERIVATIVE_INPUTS]
      const features = ['funding(72)', 'basis(24)', 'vixSurprise(20)', 'macroReturn(SPY,5)']
      const program = compileFeatures({ features }, { symbols: ['BTC/USDT'], timeframe: '1h' })
      const [rows] = leaders
      const [table] = computePanel(program, [rows])
      const events: Record<string, InputEvents> = { ...macro, ...derivativeEvents('BTC', recipeRows('BTC')) }
      const feed = new InputFeed({ inputs, timeframe: '1h', completeFromMs: Number.NEGATIVE_INFINITY })
      const next = Object.fromEntries(feed.sources.map(source => [source, 0]))
      const stream = new FeatureStream(program)
      const differences: string[] = []
      for (let t = 0; t < rows.length; t++) {
        const openTimeMs = rows.openTimeMs[t]
        for (const source of feed.sources) {
          const { timeColumn, availableAfterMs } = INPUT_SOURCES[source]
          const { columns, length } = events[source]
          const knownMs = () => Number(columns[timeColumn][next[source]]) + availableAfterMs(HOUR_MS)
          for (; next[source] < length && knownMs() <= openTimeMs + HOUR_MS; next[source]++) {
            const event = Object.entries(columns).map(([name, column]) => [name, Number(column[next[source]])] as const)
            feed.push(source, Object.fromEntries(event))
          }
        }
        const [open, high, low] = [rows.open[t], rows.high[t], rows.low[t]]
        const candle = { openTimeMs, open, high, low, close: rows.close[t], volume: rows.volume[t] }
        stream.push(openTimeMs, [{ ...candle, inputs: feed.read(openTimeMs) }])
        table.observed.forEach((column, f) => {
          if (!Object.is(column[t], stream.values[0][f])) differences.push(`${features[f]} at ${t}`)
        })
      }
      expect(rows.length).toBeGreaterThan(65_000)
      expect(differences).toEqual([])
    })

    /** A folder that `test/fixtures/feature/recipe-perpetual-macro.py` filled with every row of every symbol. */
    const folder = process.env.RECIPE_PERPETUAL_ROWS
    it.skipIf(folder === undefined)('equal every row of every symbol', { timeout: 300_000 }, () => {
      const worst: Record<string, { difference: number; values: number; missing: number }> = {}
      for (const asset of [...RECIPE_MARKET, ...RECIPE_OTHERS]) {
        const table = tableOf(asset, Object.values(COLUMNS))
        for (const [python, feature] of Object.entries(COLUMNS)) {
          const expected = new Float64Array(readFileSync(join(folder!, `${asset} ${python}.bin`)).buffer)
          const f = table.observedNames.indexOf(feature)
          worst[python] ??= { difference: 0, values: 0, missing: 0 }
          for (let row = table.observedFeatures[f].warmupCandles; row < expected.length; row++) {
            if (Number.isNaN(expected[row])) continue
            const difference = Math.abs(table.observed[f][row] - expected[row])
            worst[python].values++
            if (Number.isNaN(difference)) worst[python].missing++
            else worst[python].difference = Math.max(worst[python].difference, difference)
          }
        }
      }
      console.table(worst)
      for (const [python, { difference, missing }] of Object.entries(worst)) {
        expect(missing, python).toBe(0)
        expect(difference, python).toBeLessThan(1e-6)
      }
    })
  },
)
