import { expectedMaxSharpe } from '../../sdk/backtest/deflated-sharpe.ts'
import { normalQuantile } from '../../sdk/backtest/normal-distribution.ts'
import { createRandom } from '../../sdk/random.ts'
import { shuffled } from './candidates.ts'
import { errorsOf, type GainJudge, type Judged, varianceOf } from './gain.ts'
import { type Candidate, turnedRound } from './rank-candidates.ts'
import { type Column, columnsOf, type SearchData } from './search-data.ts'
import type { SearchCourse, SearchResult } from './search-result.ts'

export const CONTROLS = 10
const FAMILYWISE_RATE = 0.05

/** Judges candidates turned round in time, which know nothing, and says what a gain must be to be more than chance. */
export async function measureChance(
  data: SearchData,
  tried: readonly Candidate[],
  o: Pick<SearchCourse, 'onTrial'> & {
    readonly seed: number
    readonly judge: GainJudge
    readonly baseline: readonly Column[]
    readonly without: Judged
    readonly judged: (columns: readonly Column[], facts: string) => Promise<Judged>
  },
): Promise<SearchResult['search']['controls']> {
  const random = createRandom(o.seed, 'controls')
  const gains: number[] = []
  for (const { name } of shuffled(tried, random).slice(0, CONTROLS)) {
    const [{ values }] = columnsOf(data, [name])
    const control = { name, values: turnedRound(values, random) }
    const found = o.judge.gain(o.without, await o.judged([...o.baseline, control], 'controls'))
    gains.push(errorsOf(found))
    await o.onTrial({ feature: name, step: 'control', ...found })
  }
  const mean = gains.reduce((sum, gain) => sum + gain, 0) / gains.length
  const deviation = Math.sqrt(varianceOf(gains))
  // so that all tried together let one through that knows nothing at the familywise rate (Šidák 1967)
  const threshold = normalQuantile((1 - FAMILYWISE_RATE) ** (1 / tried.length))
  return {
    gains,
    mean,
    deviation,
    // the best of many Sharpe ratios is the best of many normal figures of any kind
    expectedBest: mean + expectedMaxSharpe(tried.length, deviation ** 2),
    required: Math.max(0, mean) + threshold * Math.max(1, deviation),
    familywiseRate: FAMILYWISE_RATE,
  }
}
