import { describe, expect, it } from 'vitest'
import type { Candle } from '../../../../sdk/candle/candle.ts'
import { simulateMarket } from '../../../../sdk/candle/simulate-market.ts'
import { CandleError } from '../../../../sdk/errors.ts'
import { DAY_MS } from '../../../../sdk/units.ts'
import { acceptCandles } from '../../../../trainer/command/stage/accept-candles.ts'
import type { Terminal } from '../../../../trainer/command/terminal.ts'
import { parseConfig } from '../../../../trainer/config/load-config.ts'

const market = simulateMarket({ symbols: ['BTC/USDT'], candles: 400, timeframe: '1h', seed: 5 }).get('BTC/USDT')!

const config = (policy: Record<string, string>) =>
  parseConfig({ name: 'test', data: { source: 'files', path: 'candles', policy } }, 'test.json')

/** What is accepted, and what is said about it. */
function accept(candles: readonly Candle[], policy: Record<string, string> = {}) {
  const said: string[] = []
  const terminal: Terminal = {
    stage: (_name, text) => said.push(text),
    line: text => said.push(text),
    progress: () => ({ update: () => {}, stop: () => {} }),
  }
  const file = { exchange: 'binance', symbol: 'BTC/USDT', timeframe: '1h', candles } as const
  const [accepted] = acceptCandles([file], config(policy), terminal)
  return { candles: accepted.candles, said: said.join('\n') }
}

describe('the candles of a run', () => {
  it('are used as they are where nothing is wrong, and short gaps stay for the windows to fill', () => {
    const withGap = market.filter((_, i) => i !== 100 && i !== 101)
    const { candles, said } = accept(withGap)
    expect(candles).toEqual(withGap)
    expect(said).toContain('gap 2')
  })

  it('begin anew where a symbol turned into another asset, and the run says so', () => {
    const other = market
      .slice(200)
      .map(c => ({ ...c, openTimeMs: c.openTimeMs + 3 * DAY_MS, open: c.open / 1e3, high: c.high / 1e3 }))
      .map(c => ({ ...c, low: c.low / 1e3, close: c.close / 1e3 }))
    const { candles, said } = accept([...market.slice(0, 200), ...other])
    expect(candles).toEqual(other)
    expect(said).toContain('BTC/USDT: 0 candles mended, 200 left out (assetChange)')
  })

  it('are refused where one cannot be true, unless the policy of the config has it mended', () => {
    const high = { ...market[50], high: market[50].low / 2 }
    const impossible = market.with(50, high)
    let refused: unknown
    try {
      accept(impossible)
    } catch (error) {
      refused = error
    }
    expect(refused).toBeInstanceOf(CandleError)
    expect((refused as CandleError).code).toBe('REJECTED')
    expect((refused as CandleError).message).toContain('--set data.policy.ohlcOrder=repair')
    expect(accept(impossible, { ohlcOrder: 'repair' }).candles[50].high).toBe(Math.max(high.open, high.close))
  })
})
