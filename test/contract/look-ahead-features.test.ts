import { beforeAll, describe, expect, it } from 'vitest'
import type { FeatureProgram } from '../../sdk/feature/compile-features.ts'
import { computePanel } from '../../sdk/feature/compute-features.ts'
import type { FeatureRows, FeatureTable } from '../../sdk/feature/feature-table.ts'
import { registerFeature } from '../../sdk/feature/register-feature.ts'
import { compileExamples, EXAMPLES, hoursAfterStart, panelOf, roughMarket } from '../fixtures/feature/feature-panel.ts'
import { findChunkDifferences, findLongMemory, findLookAhead } from '../fixtures/feature/look-ahead.ts'
import { PLANTED_LEAKS } from '../fixtures/feature/planted-leaks.ts'

/** More than the longest memory there is. */
const HOURS = 16_000

describe('all registered features, on simulated candles with gaps, standstills and a jump by six orders of magnitude', () => {
  let program: FeatureProgram
  let panel: FeatureRows[]
  let whole: FeatureTable[]
  beforeAll(() => {
    program = compileExamples()
    panel = panelOf(program, roughMarket(HOURS))
    whole = computePanel(program, panel)
  }, 60_000)

  it.each([1, 170, 720, 1900, 0.305 * HOURS, 0.61 * HOURS])(
    'have the same bits on data cut %d hours after its start as on the whole',
    hours => {
      expect(findLookAhead(program, panel, hoursAfterStart(panel, hours), whole)).toEqual([])
    },
  )

  it.each([1, 169, 0.1 * HOURS + 7])(
    'have the same bits when history begins %d hours later, as soon as they no longer remember it',
    hours => {
      expect(findLongMemory(program, panel, hoursAfterStart(panel, hours), whole)).toEqual([])
    },
  )

  it('remember no more candles than the test has', () => {
    expect(program.memoryCandles).toBeLessThan(0.85 * HOURS)
  })
})

describe('the checks themselves', () => {
  const names = Object.keys(PLANTED_LEAKS)
  const hours = 1300
  beforeAll(() => {
    for (const { family } of Object.values(PLANTED_LEAKS)) registerFeature(family)
  })

  it.each(names)('catch a feature that %s', name => {
    const { family, caughtBy } = PLANTED_LEAKS[name]
    const program = compileExamples([...EXAMPLES.slice(0, 3), family.name], ['BTC/USDT'])
    const panel = panelOf(program, roughMarket(hours))
    const find = {
      lookAhead: () => findLookAhead(program, panel, hoursAfterStart(panel, 700)),
      longMemory: () => findLongMemory(program, panel, hoursAfterStart(panel, 200)),
      chunks: () => findChunkDifferences(program, panel, 1),
    }
    expect(find[caughtBy]()).toMatchObject([{ symbol: 'BTC/USDT', feature: family.name }])
  })
})
