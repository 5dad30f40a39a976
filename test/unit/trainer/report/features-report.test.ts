import { describe, expect, it } from 'vitest'
import { createRandom } from '../../../../sdk/random.ts'
import { HOUR_MS } from '../../../../sdk/units.ts'
import { analyseFeatures, type SymbolValues } from '../../../../trainer/report/features/analyse-features.ts'
import { findFindings } from '../../../../trainer/report/features/findings.ts'
import { renderFeatureReport } from '../../../../trainer/report/features/render-features.ts'

const CANDLES = 2400
const TRAIN_END = 1600
const split = {
  train: { startTimeMs: 0, endTimeMs: TRAIN_END * HOUR_MS },
  calibration: { startTimeMs: TRAIN_END * HOUR_MS, endTimeMs: 1800 * HOUR_MS },
  test: { startTimeMs: 1800 * HOUR_MS, endTimeMs: CANDLES * HOUR_MS },
}

/** Two symbols with features that each have one thing wrong. */
function symbolsWith(): SymbolValues[] {
  return ['BTC/USDT', 'ETH/USDT'].map(symbol => {
    const random = createRandom(5, symbol)
    const noise = Float64Array.from({ length: CANDLES }, () => random.normal())
    let level = 0
    const walk = noise.map(value => {
      level += value
      return level
    })
    const column = (name: string, values: Float64Array, kind: 'observed' | 'known' = 'observed') => {
      return { name, kind, unit: 'fraction', warmupCandles: 0, values }
    }
    const other = Float64Array.from({ length: CANDLES }, () => random.normal())
    const holes = other.map((value, t) => (t % 20 === 0 ? Number.NaN : value + 0.5 * random.normal()))
    const shifted = noise.map((_, t) => random.normal() + (t >= TRAIN_END ? 1 : 0))
    return {
      symbol,
      openTimeMs: Float64Array.from({ length: CANDLES }, (_, t) => t * HOUR_MS),
      columns: [
        column('return(1)', noise),
        column(
          'body',
          noise.map(value => value * 3),
        ),
        column('wick', shifted),
        column('rangePosition(168)', walk),
        column('volumeSurprise(168)', holes),
        column('semivariance(12)', new Float64Array(CANDLES).fill(2)),
        column('semivariance(72)', new Float64Array(CANDLES).fill(Number.NaN)),
        column(
          'weekend',
          Float64Array.from({ length: CANDLES }, (_, t) => (t % 168 >= 120 ? 1 : 0)),
          'known',
        ),
      ],
    }
  })
}

const symbols = symbolsWith()
const analysis = analyseFeatures(symbols, split)
const about = (name: string) => findFindings(analysis).filter(({ features }) => features.includes(name))
const page = renderFeatureReport({
  analysis,
  name: '<b>mine</b>',
  timeframe: '1h',
  exchange: 'binance',
  simulated: false,
  candles: 2 * CANDLES,
  atMs: 0,
})

describe('the analysis of features', () => {
  it('finds what was planted, and nothing else', () => {
    expect(about('wick').map(({ what }) => what)).toContain('drift')
    expect(about('body').map(({ what }) => what)).toEqual(['copies'])
    expect(about('rangePosition(168)').map(({ what }) => what)).toContain('unit root')
    expect(about('volumeSurprise(168)').map(({ what }) => what)).toEqual(['missing'])
    expect(about('semivariance(12)').map(({ what }) => what)).toEqual(['constant'])
    expect(about('semivariance(72)').map(({ what }) => what)).toEqual(['no value'])
    expect(about('weekend')).toEqual([])
  })

  it('says how much is missing and how far the distribution has moved', () => {
    const of = (name: string) => analysis.features.find(feature => feature.name === name)
    expect(of('volumeSurprise(168)')?.missingFraction).toBeCloseTo(0.05, 12)
    // a normal distribution that moves by one deviation
    expect(of('wick')?.drift?.wasserstein).toBeCloseTo(1, 0)
    expect(of('wick')?.drift?.ks).toBeGreaterThan(0.3)
    expect(of('return(1)')?.drift?.psi).toBeLessThan(0.05)
  })

  it('does not look at what is between training and test', () => {
    const changed = symbols.map(symbol => ({
      ...symbol,
      columns: symbol.columns.map(column => ({
        ...column,
        values: column.values.map((value, t) => (t >= TRAIN_END && t < 1800 ? 1e6 : value)),
      })),
    }))
    const drift = (of: readonly SymbolValues[]) => analyseFeatures(of, split).features[0].drift?.psi
    expect(drift(changed)).toBe(drift(symbols))
  })

  it('takes hours of the day and days of the week evenly where it thins rows out', () => {
    // 21 × 20,000 rows: every 21st would see eight of the week's 168 hours
    const length = 420_000
    const times = Float64Array.from({ length }, (_, t) => t * HOUR_MS)
    const flag = (name: string, isOn: (t: number) => boolean) => {
      const values = Float64Array.from({ length }, (_, t) => (isOn(t) ? 1 : 0))
      return { name, kind: 'known' as const, unit: 'flag', warmupCandles: 0, values }
    }
    const columns = [flag('weekend', t => t % 168 >= 144), flag('fundingHour', t => t % 8 === 0)]
    const { correlations } = analyseFeatures([{ symbol: 'BTC/USDT', openTimeMs: times, columns }], split)
    expect(Math.abs(correlations.matrix[0][1])).toBeLessThan(0.01)
  })

  it('tells how far it is', () => {
    const told: string[] = []
    analyseFeatures(symbols, split, (_, feature) => told.push(feature))
    expect(told).toEqual(symbols[0].columns.map(({ name }) => name))
  })

  it('takes one symbol with a few candles', () => {
    const [{ columns, ...first }] = symbols
    const few = columns.map(column => ({ ...column, values: column.values.subarray(0, 30) }))
    const short = analyseFeatures([{ ...first, openTimeMs: first.openTimeMs.subarray(0, 30), columns: few }], split)
    expect(short.features[0]).toMatchObject({ drift: null, stationarity: [{ symbol: 'BTC/USDT', test: null }] })
    expect(renderFeatureReport({ ...reportOf(short) })).toContain('</html>')
  })
})

const reportOf = (of: typeof analysis) => ({
  analysis: of,
  name: 'few',
  timeframe: '1h',
  exchange: 'simulator',
  simulated: true,
  candles: 30,
  atMs: 0,
})

describe('the page on features', () => {
  it('says the most important in its heading', () => {
    expect(page).toContain('7 features: 2 drift, 1 group of near copies')
  })

  it('has no script, asks for nothing and escapes names', () => {
    expect(page).not.toMatch(/<script|<link|src=|url\(|https?:/)
    expect(page).toContain('&lt;b&gt;mine&lt;/b&gt;')
  })

  it('has every feature in the table and in detail, and leads from one to the other', () => {
    const links = new Map(
      [...page.matchAll(/<a class="name" href="#(feature-\d+)">(.*?)<\/a>/g)].map(match => [
        match[2].replaceAll('<wbr>', ''),
        match[1],
      ]),
    )
    for (const { name } of analysis.features) {
      const id = links.get(name)
      expect(page).toContain(`id="${id}"><summary>${name}<`)
    }
  })

  it('draws no place that is no number', () => {
    expect(page.match(/.{60}(NaN|Infinity|undefined).{20}/)).toBeNull()
  })

  it('says that prices are simulated', () => {
    expect(page).not.toContain('simulated prices')
    expect(renderFeatureReport(reportOf(analysis))).toContain('simulated prices')
  })
})
