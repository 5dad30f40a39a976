import { describe, expect, it } from 'vitest'
import type { Candle } from '../../../../sdk/candle/candle.ts'
import { type FeatureFamily, observedFeature } from '../../../../sdk/feature/feature.ts'
import { logOf } from '../../../../sdk/feature/op/arithmetic.ts'
import { eachTime } from '../../../../sdk/feature/op/each-row.ts'
import { integer } from '../../../../sdk/feature/parameters.ts'
import { registerFeature } from '../../../../sdk/feature/register-feature.ts'
import { createRandom } from '../../../../sdk/random.ts'
import { HOUR_MS } from '../../../../sdk/units.ts'
import { parseConfig } from '../../../../trainer/config/load-config.ts'
import type { CandleFile } from '../../../../trainer/data/candle-file.ts'
import { confirmFeatures } from '../../../../trainer/search/confirm-features.ts'
import { searchFeatures } from '../../../../trainer/search/search-features.ts'
import type { SearchOptions, Trial } from '../../../../trainer/search/search-result.ts'

/** Knows nothing of any market. */
const noise = observedFeature({
  name: 'noise',
  group: 'shape',
  summary: 'Chance.',
  unit: 'number',
  formula: 'hash(t, seed)',
  parameters: { seed: integer({ min: 1, max: 1_000 }) },
  examples: Array.from({ length: 12 }, (_, i) => `noise(${i + 1})`),
  build: (scope, { seed }) =>
    eachTime(`noise ${seed} of ${scope.symbol}`, scope.graph, scope.axis, openTimeMs =>
      createRandom(openTimeMs / HOUR_MS, `${scope.symbol} ${seed}`).normal(),
    ),
})

/** Reads from the volume what the next hour will be like: the test's candles are made so. */
const omen = observedFeature({
  name: 'omen',
  group: 'shape',
  summary: 'Volume that foretells volatility.',
  unit: 'number',
  formula: 'ln volume',
  parameters: {},
  examples: ['omen'],
  build: scope => logOf(scope.candle('volume'), 1e-9),
})
for (const family of [noise, omen]) registerFeature(family)

const SYMBOLS = ['BTC/USDT', 'ETH/USDT']
const DAYS = 200
const START = Date.UTC(2022, 0, 1)
const day = (n: number): string => new Date(START + n * 24 * HOUR_MS).toISOString().slice(0, 10)
const TRAIN_END = START + 140 * 24 * HOUR_MS

/** Hourly candles whose volume says how large the next move will be. */
function candlesOf(symbol: string, seed = 1): Candle[] {
  const random = createRandom(seed, symbol)
  let close = 100
  let calm = random.normal()
  return Array.from({ length: DAYS * 24 }, (_, t) => {
    const open = close
    close *= Math.exp(0.01 * Math.exp(0.5 * calm) * random.normal())
    calm = random.normal()
    const [high, low] = [Math.max(open, close) * 1.001, Math.min(open, close) * 0.999]
    return { openTimeMs: START + t * HOUR_MS, open, high, low, close, volume: Math.exp(calm) }
  })
}

const FILES: CandleFile[] = SYMBOLS.map(symbol => ({
  exchange: 'test',
  symbol,
  timeframe: '1h',
  candles: candlesOf(symbol),
}))

const CONFIG = parseConfig(
  {
    name: 'search',
    data: { source: 'files', path: 'nowhere', symbols: SYMBOLS },
    features: ['return(1)', 'hourSin(1)'],
    horizons: [1, 2],
    backtest: { horizonCandles: 2 },
    split: { trainEnd: day(140), calibrationEnd: day(170) },
  },
  'the test',
)

const OPTIONS: SearchOptions = {
  maxCandidates: 24,
  keep: 3,
  seed: 1,
  folds: 2,
  networks: 2,
  settings: { hidden: 4, epochs: 2, batchSize: 128, learningRate: 0.005 },
  families: [noise, omen],
}

async function search(o: Partial<SearchOptions> = {}, files = FILES) {
  const trials: Trial[] = []
  const onTrial = async (trial: Trial) => void trials.push(trial)
  const result = await searchFeatures(CONFIG, files, { ...OPTIONS, onTrial, ...o })
  return { result, trials }
}

describe('the search for features', () => {
  it('finds a planted feature among noise, first, and confirms it on a later period', async () => {
    const { result, trials } = await search()
    expect(result.search.kept[0].features).toEqual(['omen'])
    expect(result.features.slice(0, 3)).toEqual(['return(1)', 'hourSin(1)', 'omen'])
    expect(trials.find(trial => trial.step === 'ranked' && trial.place === 1)).toMatchObject({ feature: 'omen' })
    const confirmed = await confirmFeatures(CONFIG, FILES, result.features, { seed: 1, networks: 2 })
    expect(confirmed.gain).toBeGreaterThan(5 * confirmed.standardError)
  })

  it('keeps nothing where there is nothing but noise', async () => {
    for (const seed of [1, 2, 3]) {
      const { result } = await search({ seed, families: [noise as FeatureFamily] })
      expect(result.search.kept).toEqual([])
      expect(result.features).toEqual(CONFIG.features)
      expect(result.search.result).toMatchObject({ gain: 0, loss: result.search.baseline.loss })
    }
  })

  it('counts what it tried, and tells of every candidate', async () => {
    const { result, trials } = await search()
    const of = (step: Trial['step']) => trials.filter(trial => trial.step === step)
    expect(result.search.tried).toBe(of('ranked').length)
    expect(result.search.judged).toBe(of('judged').length)
    expect(result.search.leftOut).toBe(of('left out').length)
    expect(result.search.tried + result.search.leftOut).toBe(24)
    expect(result.search.controls.gains).toHaveLength(of('control').length)
    expect(of('judged').filter(trial => trial.step === 'judged' && trial.kept)).toHaveLength(result.search.kept.length)
  })

  it('keeps or leaves groups together, and never more than it may', async () => {
    const { result, trials } = await search({ groupSize: 2 })
    expect(result.search.kept[0].features[0]).toBe('omen')
    expect(result.features.length - CONFIG.features.length).toBeLessThanOrEqual(3)
    const groups = trials.flatMap(trial => (trial.step === 'judged' ? [trial.features] : []))
    expect(result.search.judged).toBe(groups.flat().length)
    expect(groups.slice(0, -1).every(group => group.length === 2)).toBe(true)
  })

  it('gives the same result again for the same seed', async () => {
    expect(JSON.stringify(await search())).toBe(JSON.stringify(await search()))
  })

  it('sees nothing of what comes after the training period', async () => {
    const altered = FILES.map(file => {
      const others = candlesOf(file.symbol, 99)
      const candles = file.candles.map((candle, t) => (candle.openTimeMs < TRAIN_END ? candle : others[t]))
      return { ...file, candles }
    })
    expect(altered[0].candles.at(-1)).not.toEqual(FILES[0].candles.at(-1))
    expect(JSON.stringify(await search({}, altered))).toBe(JSON.stringify(await search()))
  })

  it('stops when it is asked to', async () => {
    const controller = new AbortController()
    const running = search({ signal: controller.signal, onProgress: () => controller.abort() })
    await expect(running).rejects.toThrow()
  })

  it('refuses data on which no candidate has values', async () => {
    const short = FILES.map(file => ({ ...file, candles: file.candles.slice(0, 24 * 40) }))
    const config = { ...CONFIG, split: { calibrationFraction: 0.2, testFraction: 0.2 } }
    const family = { ...omen, examples: ['mean(omen,2000)'] }
    await expect(
      searchFeatures(config, short, { ...OPTIONS, maxCandidates: 1, families: [family] }),
    ).rejects.toMatchObject({ code: 'NO_CANDIDATES' })
  })
})
