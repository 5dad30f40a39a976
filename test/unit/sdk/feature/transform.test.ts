import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseExpression } from '../../../../sdk/feature/expression.ts'
import { transformFamilies } from '../../../../sdk/feature/family/transform/families.ts'
import { Graph } from '../../../../sdk/feature/graph/graph.ts'
import { GraphRun } from '../../../../sdk/feature/graph/graph-run.ts'
import { Scope } from '../../../../sdk/feature/graph/scope.ts'
import { buildSeries, resolveExpression } from '../../../../sdk/feature/resolve-feature.ts'
import { HOUR_MS } from '../../../../sdk/units.ts'

/** A transform of a feature whose values the test gives; `x` stands for it, `y` for a second one. */
function transform(expression: string, x: readonly number[], y: readonly number[] = x, chunk = x.length): number[] {
  const graph = new Graph()
  const scope = new Scope({ graph, stepMs: HOUR_MS, set: { features: [] }, symbol: 'BTC/USDT' }, (of, argument) =>
    argument.text === 'body' || argument.text === 'wick'
      ? of.input(argument.text)
      : buildSeries(of, resolveExpression(argument)),
  )
  // two features without arguments, so that the expression is one that resolves
  const named = expression.replace(/\bx\b/, 'body').replace(/\by\b/, 'wick')
  const series = buildSeries(scope, resolveExpression(parseExpression(named)))
  const run = new GraphRun(graph, { capacity: chunk, stepMs: HOUR_MS })
  const out: number[] = []
  for (let from = 0; from < x.length; from += chunk) {
    const count = Math.min(chunk, x.length - from)
    const rows = run.rows[scope.axis.index]
    rows.count = count
    for (let i = 0; i < count; i++) rows.openTimeMs[i] = (from + i) * HOUR_MS
    for (const { id, input } of graph.sources) {
      run.columns[id].set((input === 'body' ? x : y).slice(from, from + count))
    }
    run.advance()
    out.push(...run.columns[series.id].subarray(0, count))
  }
  return out
}

const VALUES = [0.5, -1.25, 2, 0.75, -0.5, 3.25, -2, 1, 0.25, -0.75, 1.5, 0, 2.5, -1]

describe('transforms of a feature', () => {
  // numpy 1.x and pandas 1.5.3 on the last eight of VALUES; characteristics after tsfresh's definitions
  it.each([
    ['lag(x,3)', 1.5],
    ['change(x,3)', -2.5],
    ['sign(x)', -1],
    ['abs(x)', 1],
    ['clip(x,-0.5,0.5)', -0.5],
    ['mean(x,8)', 0.1875],
    ['smoothed(x,3)', 0.428742957829622],
    ['deviation(x,8)', 1.4562059312767939],
    ['highest(x,8)', 2.5],
    ['lowest(x,8)', -2],
    ['zScore(x,8)', -0.8154753215150045],
    ['rank(x,8)', 0.1875],
    ['absEnergy(x,8)', 15.125],
    ['meanAbsChange(x,8)', 2.0714285714285716],
    ['complexity(x,8)', 4.427664229174993],
    ['shareAboveMean(x,8)', 0.5],
    ['longestAboveMean(x,8)', 2],
    ['meanCrossings(x,8)', 6],
    ['peaks(x,1,8)', 3],
    ['peaks(x,2,8)', 0],
    ['trend(x,8)', 0.19047619047619038],
    ['autocorrelation(x,1,8)', -0.4959398496240601],
    ['autocorrelation(x,3,8)', -0.06694736842105263],
    ['timeReversalAsymmetry(x,1,8)', -0.671875],
    ['timeReversalAsymmetry(x,3,8)', -0.84375],
    ['c3(x,1,8)', -0.16145833333333334],
    ['c3(x,3,8)', 1.125],
  ])('%s has the value that numpy gives', (expression, expected) => {
    expect(transform(expression, VALUES).at(-1)).toBeCloseTo(expected, 12)
  })

  it('take two features where two are named', () => {
    const y = VALUES.map(value => value * value)
    expect(transform('difference(x,y)', VALUES, y).at(-1)).toBe(-2)
    expect(transform('product(x,y)', VALUES, y).at(-1)).toBe(-1)
    expect(transform('ratio(x,y)', [3], [-4])).toEqual([-0.75])
  })

  it('bound a ratio whose denominator is next to nothing', () => {
    const ratio = transform('ratio(x,y)', [1, -1, 0, 1, Number.NaN, 1], [0, 0, 0, 1e-300, 0, Number.NaN])
    expect(ratio).toEqual([100, -100, 0, 100, Number.NaN, Number.NaN])
  })

  it('nest', () => {
    const nested = transform('mean(lag(abs(x),1),2)', VALUES)
    expect(nested.at(-1)).toBe((2.5 + 0) / 2)
  })

  it('that nest too deep are refused with the limit', () => {
    const deep = `${'abs('.repeat(6)}return(1)${')'.repeat(6)}`
    expect(() => parseExpression(deep)).toThrowError(
      expect.objectContaining({ code: 'TOO_DEEP', message: expect.stringContaining('more than 6 deep') }),
    )
    expect(() => parseExpression('abs('.repeat(1e5))).toThrowError(expect.objectContaining({ code: 'TOO_DEEP' }))
  })
})

const EXPRESSIONS = transformFamilies.map(({ name, parameters }) => {
  const known: Record<string, string> = { feature: 'x', x: 'x', y: 'y', low: '-1', high: '1', halfLife: '2', lag: '2' }
  return `${name}(${Object.keys(parameters).map(parameter => known[parameter] ?? (parameter === 'support' ? '1' : '7'))})`
})

describe.each(EXPRESSIONS)('%s', expression => {
  const value = fc.oneof(
    fc.double({ min: -1e3, max: 1e3, noNaN: true }),
    fc.constant(Number.NaN),
    fc.constantFrom(0, 1e-300, 1e200, -1e200),
  )

  it('has the same bits whatever the chunks, and is never infinite', () => {
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 60 }), fc.integer({ min: 1, max: 9 }), (x, chunk) => {
        const whole = transform(expression, x)
        expect(transform(expression, x, x, chunk)).toEqual(whole)
        // sums and products of two values are bounded by the features they are made of
        if (!/product|change|difference|mean|smoothed/.test(expression)) {
          for (const y of whole) expect(Math.abs(y)).not.toBe(Number.POSITIVE_INFINITY)
        }
      }),
      { numRuns: 50 },
    )
  })

  it('has a defined value where the feature does not vary', () => {
    for (const level of [0, 0.1, -3.3, 1e6]) {
      const last = transform(expression, new Array(40).fill(level)).at(-1)!
      expect(last, `of ${level}`).not.toBeNaN()
      if (/zScore|deviation|complexity|trend|autocorrelation|meanCrossings|peaks|shareAboveMean/.test(expression)) {
        expect(last, `of ${level}`).toBe(0)
      }
      if (expression.startsWith('rank')) expect(last).toBe(0.5)
    }
  })
})
