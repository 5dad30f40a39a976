import { describe, expect, it } from 'vitest'
import type { Candle } from '../../sdk/candle/candle.ts'
import { EdgeQuantError } from '../../sdk/errors.ts'
import { type CompiledFeature, compileFeatures } from '../../sdk/feature/compile-features.ts'
import { computeFeatures, computePanel, readFeature } from '../../sdk/feature/compute-features.ts'
import { formatExpression, parseExpression } from '../../sdk/feature/expression.ts'
import { FeatureStream } from '../../sdk/feature/feature-stream.ts'
import type { FeatureRows, FeatureTable } from '../../sdk/feature/feature-table.ts'
import { FAMILIES, findFamily } from '../../sdk/feature/registry.ts'
import {
  compileExamples,
  cutPanel,
  EXAMPLES,
  hoursAfterStart,
  type MarketCandles,
  PANEL_SYMBOLS,
  panelOf,
  quotedIn,
  setOf,
  simulatedMarket,
  stillAfter,
} from '../fixtures/feature/feature-panel.ts'

const thrownBy = (run: () => unknown): EdgeQuantError => {
  try {
    run()
  } catch (error) {
    expect(error).toBeInstanceOf(EdgeQuantError)
    return error as EdgeQuantError
  }
  throw new Error('nothing was thrown')
}

const HOURS = 3000
const ordinary = simulatedMarket(HOURS)
const program = compileExamples()
const panel = panelOf(program, ordinary, { inputHoles: false })
const BTC = program.observed[0]
const needInputs = program.observed.flat().filter(feature => feature.inputs.length > 0)

const familyOf = ({ name }: CompiledFeature) => findFamily(parseExpression(name).text)

describe('a series shorter than the warm-up', () => {
  const tables = computePanel(program, panel)

  it('has no value of any feature, and says how many candles are missing', () => {
    for (const feature of BTC) {
      const { name, warmupCandles } = feature
      for (const index of [0, warmupCandles - 1].filter(i => i >= 0 && i < warmupCandles)) {
        const reason = { kind: 'none', reason: 'WARM_UP', candlesMissing: warmupCandles - index }
        expect(readFeature(tables[0], name, index), name).toEqual(reason)
      }
    }
  })

  it('is as short as it has to be: with one candle more than the warm-up, every feature of ordinary candles has a value', () => {
    const without = tables.flatMap(({ series, observed, observedFeatures }) =>
      observedFeatures.flatMap(({ name, warmupCandles }, f) => {
        const missing = observed[f].subarray(warmupCandles).findIndex(Number.isNaN)
        return missing < 0 ? [] : [`${series.symbol} ${name}: ${missing} after a warm-up of ${warmupCandles}`]
      }),
    )
    expect(without).toEqual([])
    expect(program.warmupCandles).toBeLessThan(HOURS)
  })

  it('has no value in a stream either', () => {
    const stream = new FeatureStream(compileExamples(['return(24)'], ['BTC/USDT']))
    ordinary
      .get('BTC/USDT')!
      .slice(0, 168)
      .forEach(candle => {
        stream.push(candle.openTimeMs, [candle])
        expect(stream.values[0][0]).toBeNaN()
      })
    const next = ordinary.get('BTC/USDT')![168]
    stream.push(next.openTimeMs, [next])
    expect(stream.values[0][0]).not.toBeNaN()
  })

  it('may be empty or of one candle', () => {
    for (const hours of [0, 1]) {
      const short = cutPanel(panel, Number.NEGATIVE_INFINITY, hoursAfterStart(panel, hours))
      expect(computePanel(program, short)[0].observed.every(column => column.length === hours)).toBe(true)
    }
  })

  it('is told from a candle that is not there', () => {
    const error = thrownBy(() => readFeature(tables[0], BTC[0].name, HOURS))
    expect(error.code).toBe('INDEX_OUT_OF_RANGE')
    expect(error.message).toBe(`BTC/USDT: there is no candle ${HOURS} among ${HOURS}.`)
  })
})

describe('a feature set', () => {
  const compile = (name: string) => compileFeatures(setOf([name]), { symbols: ['BTC/USDT'], timeframe: '1h' })

  it('that names an unknown feature is refused with what there is', () => {
    const error = thrownBy(() => compile('retrun(1)'))
    expect(error.code).toBe('UNKNOWN_FEATURE')
    expect(error.message).toContain('"retrun"')
    expect(error.message).toContain('parkinson')
  })

  it.each([
    ['', 'ends too early'],
    ['return(1', '")" is missing'],
    ['return(1))', '")" stands after its end'],
    ['return(1,)', '")" stands where a name or number should'],
    ['return(,1)', '"," stands where a name or number should'],
    ['body wick', '"wick" stands after its end'],
    ['return{1}', '"{" at position 7'],
  ])('that names a feature "%s" is refused: %s', (name, problem) => {
    const error = thrownBy(() => compile(name))
    expect(error.code).toBe('BAD_FEATURE_NAME')
    expect(error.message).toContain(`"${name}"`)
    expect(error.message).toContain(problem)
  })

  it('that gives a family an argument too many or too few is refused with what it takes', () => {
    for (const family of FAMILIES) {
      const [example] = family.examples
      const { text, args } = parseExpression(example)
      const tooMany = formatExpression({ text, args: [...args, { text: '1', args: [] }] })
      const tooFew = formatExpression({ text, args: args.slice(1) })
      for (const name of args.length > 0 ? [tooMany, tooFew] : [tooMany]) {
        const error = thrownBy(() => compile(name))
        expect(error.code, name).toBe('BAD_PARAMETER')
        expect(error.message).toContain(`"${name}"`)
        expect(error.message).toContain(`Example: ${example}`)
      }
    }
  })

  it('that gives any parameter of any family a value it cannot take is refused with what was expected', () => {
    for (const family of FAMILIES) {
      const [example] = family.examples
      const { text, args } = parseExpression(example)
      Object.entries(family.parameters).forEach(([parameter, { expected }], i) => {
        const name = formatExpression({
          text,
          args: args.map((arg, k) => (k === i ? { text: '-1e99', args: [] } : arg)),
        })
        const error = thrownBy(() => compile(name))
        expect(error.code, name).toBe('BAD_PARAMETER')
        expect(error.message).toContain(`${parameter} = -1e99; expected ${expected}`)
      })
    }
  })

  it.each([
    ['return(0)', 'a whole number from 1 to'],
    ['return(1.5)', 'a whole number from 1 to'],
    ['return(01)', 'a whole number from 1 to'],
    ['return(10001)', 'to 10000'],
    ['return(BTC/USDT)', 'a whole number from 1 to'],
    ['return(body)', 'a whole number from 1 to'],
    ['parkinson(6,1.01)', 'a number from 0 to 1'],
    ['parkinson(6,NaN)', 'a number from 0 to 1'],
  ])('that names %s is refused: expected %s', (name, expected) => {
    const error = thrownBy(() => compile(name))
    expect(error.code).toBe('BAD_PARAMETER')
    expect(error.message).toContain(expected)
  })

  it('that names a feature twice, however it is written, is refused', () => {
    const twice = () =>
      compileFeatures({ features: ['return(1)', ' return( 1 )'] }, { symbols: ['A/B'], timeframe: '1h' })
    expect(thrownBy(twice).code).toBe('DUPLICATE_FEATURE')
  })

  it('needs no market and no profile unless a feature does, and then says so', () => {
    const bare = (name: string) => () =>
      compileFeatures({ features: [name] }, { symbols: ['BTC/USDT'], timeframe: '1h' })
    const codes = new Set<string>()
    for (const name of EXAMPLES) {
      try {
        bare(name)()
      } catch (error) {
        codes.add((error as EdgeQuantError).code)
      }
    }
    for (const code of codes) expect(['NO_MARKET', 'NO_PROFILE']).toContain(code)
  })
})

describe('candles that come without what a feature needs', () => {
  it('are refused with symbol, column and features named, for every input of every feature', () => {
    const needed = new Map(needInputs.flatMap(f => f.inputs.map(input => [`${input.symbol} ${input.input}`, input])))
    for (const { symbol, input } of needed.values()) {
      const without = panel.map(rows => (rows.symbol === symbol ? withoutInput(rows, input) : rows))
      const error = thrownBy(() => computePanel(program, without))
      expect(error.code).toBe('MISSING_INPUT')
      expect(error.message).toContain(`${symbol}: `)
      expect(error.message).toContain(`"${input}"`)
      const features = needInputs.filter(f => f.inputs.some(i => i.symbol === symbol && i.input === input))
      expect(error.details.features).toEqual([...new Set(features.map(f => f.name))])
    }
  })

  it('are refused when the column has another length', () => {
    const [feature] = needInputs
    if (feature === undefined) return
    const [{ symbol, input }] = feature.inputs
    const short = panel.map(rows =>
      rows.symbol === symbol ? { ...rows, inputs: { ...rows.inputs, [input]: new Float64Array(3) } } : rows,
    )
    const error = thrownBy(() => computePanel(program, short))
    expect(error.code).toBe('MISSING_INPUT')
    expect(error.message).toContain(`which has 3 values for ${HOURS} candles`)
  })

  it('are refused by a stream, which can go on with the same candle, mended', () => {
    const [feature] = needInputs
    if (feature === undefined) return
    const single = compileExamples([feature.name], PANEL_SYMBOLS)
    const stream = new FeatureStream(single)
    const candles = single.panelSymbols.map(symbol => ordinary.get(symbol)![0])
    const error = thrownBy(() => stream.push(candles[0].openTimeMs, candles))
    expect(error.code).toBe('MISSING_INPUT')
    expect(error.message).toContain(feature.name)
    const inputs = Object.fromEntries(feature.inputs.map(({ input }) => [input, 1]))
    stream.push(
      candles[0].openTimeMs,
      candles.map(candle => ({ ...candle, inputs })),
    )
  })

  it('are refused when those of another symbol are not there, which is named', () => {
    const [other] = PANEL_SYMBOLS.slice(1)
    const error = thrownBy(() =>
      computePanel(
        program,
        panel.filter(rows => rows.symbol !== other),
      ),
    )
    expect(error.code).toBe('NO_CANDLES')
    expect(error.message).toContain(`need candles of ${other}`)
  })
})

describe('candles that are none', () => {
  const rows = panelOf(compileExamples(['return(1)'], ['BTC/USDT']), ordinary)[0]
  const withValue = (column: 'openTimeMs' | 'close' | 'volume', value: number): FeatureRows => ({
    ...rows,
    [column]: rows[column].map((x, t) => (t === 500 ? value : x)),
  })

  it.each([
    ['close', Number.NaN],
    ['close', 0],
    ['close', Number.POSITIVE_INFINITY],
    ['volume', -1],
    ['volume', Number.NaN],
  ] as const)('are refused with symbol, time and field: %s is %d', (column, value) => {
    const error = thrownBy(() => computeFeatures(withValue(column, value), ['body']))
    expect(error.code).toBe('BAD_VALUE')
    expect(error.message).toContain(`BTC/USDT 1h candle ${new Date(rows.openTimeMs[500]).toISOString().slice(0, 16)}`)
    expect(error.message).toContain(`${column} is ${value}`)
    const stream = new FeatureStream(compileExamples(['body'], ['BTC/USDT']))
    const candle = { ...ordinary.get('BTC/USDT')![0], [column]: value }
    expect(thrownBy(() => stream.push(candle.openTimeMs, [candle])).code).toBe('BAD_VALUE')
  })

  it('are refused out of order, and twice', () => {
    for (const t of [3, 499, 501]) {
      const error = thrownBy(() => computeFeatures(withValue('openTimeMs', rows.openTimeMs[t]), ['body']))
      expect(error.code).toBe('UNORDERED_TIME')
    }
  })

  it('are refused by a stream when they come late or not one for each symbol', () => {
    const stream = new FeatureStream(compileExamples(['body'], ['BTC/USDT']))
    const [first, second] = ordinary.get('BTC/USDT')!
    stream.push(second.openTimeMs, [second])
    expect(thrownBy(() => stream.push(first.openTimeMs, [first])).code).toBe('LATE_CANDLE')
    expect(thrownBy(() => stream.push(second.openTimeMs, [second])).code).toBe('LATE_CANDLE')
    const later = second.openTimeMs + 3_600_000
    expect(thrownBy(() => stream.push(later, [])).code).toBe('PANEL_MISMATCH')
  })
})

describe('a market that is none', () => {
  /** Values of a table's newest candles that are not there although the feature does not say that they might not be. */
  const undefinedIn = (tables: readonly FeatureTable[], from: number): string[] =>
    tables.flatMap(table =>
      table.observedFeatures.flatMap((feature, f) => {
        const first = Math.max(feature.warmupCandles, from)
        const isDefined = table.observed[f].subarray(first).every(Number.isFinite)
        return isDefined || /no value/i.test(familyOf(feature).edges ?? '') ? [] : [feature.name]
      }),
    )

  const changed = (change: (candle: Candle, t: number, all: readonly Candle[]) => Candle): MarketCandles =>
    new Map([...ordinary].map(([symbol, candles]) => [symbol, candles.map(change)]))
  const tablesOf = (market: MarketCandles) => computePanel(program, panelOf(program, market, { inputHoles: false }))

  it('has a defined value of every feature where prices stand still and nothing is traded, from the beginning', () => {
    const still = changed((candle, _t, all) => stillAfter(all[0], candle.openTimeMs))
    expect(undefinedIn(tablesOf(still), 0)).toEqual([])
  })

  it('has a defined value of every feature where that begins later and ends again', () => {
    const still = changed((candle, t, all) =>
      t >= 1000 && t < 2500 ? stillAfter(all[999], candle.openTimeMs) : candle,
    )
    expect(undefinedIn(tablesOf(still), 1000)).toEqual([])
  })

  it('has a defined value of every feature where no volume is reported', () => {
    expect(undefinedIn(tablesOf(changed(candle => ({ ...candle, volume: 0 }))), 0)).toEqual([])
  })

  it.each([1e6, 1e-6])('has a defined value of every feature after a jump to %d times the price', factor => {
    const jumped = changed((candle, t) => (t >= 2000 ? quotedIn(candle, factor) : candle))
    expect(undefinedIn(tablesOf(jumped), 1900)).toEqual([])
  })
})

function withoutInput(rows: FeatureRows, input: string): FeatureRows {
  const { [input]: _left, ...inputs } = rows.inputs ?? {}
  return { ...rows, inputs }
}
