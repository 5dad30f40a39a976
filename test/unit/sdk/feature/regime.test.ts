import { describe, expect, it } from 'vitest'
import { computeFeatures } from '../../../../sdk/feature/compute-features.ts'
import { hasMarketData, recordedSeries } from '../../../fixtures/market-data.ts'

const AXES = [
  ['volatility', 720, ['calm', 'usual', 'wild'], [1 / 3, 2 / 3]],
  ['liquidity', 720, ['thin', 'usual', 'deep'], [1 / 3, 2 / 3]],
  ['trend', 168, ['down', 'sideways', 'up'], [-0.4307, 0.4307]],
] as const

describe.skipIf(!hasMarketData('regimes of recorded candles'))('the regimes of BTC/USDT', () => {
  const series = recordedSeries('BTCUSDT', 20_000)
  const columnOf = (feature: string): Float64Array => computeFeatures(series, [feature]).observed[0].subarray(1_000)

  it.each(AXES)(
    'of %s: label and flags say the same as the score and its thresholds',
    (axis, candles, thirds, [low, high]) => {
      const scores = columnOf(`${axis}Score(${candles})`)
      const labels = columnOf(`${axis}Regime(${candles})`)
      const name = `in${axis[0].toUpperCase()}${axis.slice(1)}Regime`
      const flags = thirds.map(third => columnOf(`${name}(${third},${candles})`))
      scores.forEach((score, t) => {
        const label = score < low ? 0 : score < high ? 1 : 2
        if (labels[t] !== label) expect.fail(`label ${labels[t]} at score ${score}`)
        flags.forEach((flag, third) => {
          if (flag[t] !== (third === label ? 1 : 0)) expect.fail(`flag ${third} is ${flag[t]} at label ${label}`)
        })
      })
    },
  )

  it.each(AXES)('of %s: each third holds a fifth of the time at least, for eight hours on average', (axis, candles) => {
    const labels = columnOf(`${axis}Regime(${candles})`)
    const counts = [0, 1, 2].map(third => labels.filter(label => label === third).length / labels.length)
    expect(Math.min(...counts)).toBeGreaterThan(0.2)
    const switches = labels.filter((label, t) => t > 0 && label !== labels[t - 1]).length
    expect(labels.length / switches).toBeGreaterThan(8)
  })

  it('are one label together', () => {
    const [volatility, liquidity, trend] = AXES.map(([axis, candles]) => columnOf(`${axis}Regime(${candles})`))
    columnOf('regime(720,168)').forEach((label, t) => {
      if (label !== 9 * volatility[t] + 3 * liquidity[t] + trend[t]) expect.fail(`label ${label} at ${t}`)
    })
  })
})
