import { describe, expect, it } from 'vitest'
import type { SymbolCandles } from '../../../demo/data/market.ts'
import { regimeAt, regimesOfYear } from '../../../demo/data/regime.ts'

const withVolatility = (values: number[]): SymbolCandles => ({
  symbol: 'BTC/USDT',
  candles: [],
  volatility: Float64Array.from(values),
  filledCandles: 0,
})

describe('volatility regimes', () => {
  const rising = withVolatility(Array.from({ length: 900 }, (_, i) => i))

  it('call the highest volatility so far wild, and a low one calm', () => {
    expect(regimeAt(rising, '1h', 899)).toEqual({ regime: 'wild', share: 1 })
    expect(regimeAt(withVolatility([3, 4, 5, 6, 1]), '1h', 4)).toEqual({ regime: 'calm', share: 0 })
  })

  it('look at nothing later than the index', () => {
    const cut = withVolatility([...rising.volatility].slice(0, 500))
    expect(regimeAt(rising, '1h', 499)).toEqual(regimeAt(cut, '1h', 499))
    expect(regimesOfYear(rising, '1h', 499)).toEqual(regimesOfYear(cut, '1h', 499))
  })

  it('give a third of the days to each regime', () => {
    const days = regimesOfYear(rising, '1d', 364)
    const count = (regime: string) => days.filter(day => day === regime).length
    expect(days).toHaveLength(365)
    for (const regime of ['calm', 'usual', 'wild']) expect(Math.abs(count(regime) - 365 / 3)).toBeLessThan(1)
  })
})
