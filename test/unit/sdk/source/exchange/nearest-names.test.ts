import { describe, expect, it } from 'vitest'
import { nearestNames, nearestSymbols } from '../../../../../sdk/source/exchange/nearest-names.ts'

describe('nearestNames', () => {
  it('begins with the name that takes the fewest edits, whatever its case', () => {
    expect(nearestNames('binanec', ['kraken', 'binance', 'bybit'])[0]).toBe('binance')
    expect(nearestNames('OKX', ['gate', 'okx'])[0]).toBe('okx')
  })
})

describe('nearestSymbols', () => {
  const listed = ['BCH/USDT', 'BTC/EUR', 'BTC/USDC', 'BTC/USDT:USDT', 'ETH/USDT', 'LUNC/USDT', 'BTT/USDT', 'BNT/USDT']

  it('puts the same asset before any other, and names at most five', () => {
    const nearest = nearestSymbols('BTC/USDT', listed)
    expect(nearest).toHaveLength(5)
    expect(new Set(nearest.slice(0, 3))).toEqual(new Set(['BTC/USDC', 'BTC/EUR', 'BTC/USDT:USDT']))
  })

  it('finds an asset under its new name', () => {
    expect(nearestSymbols('LUNA/USDT', listed)[0]).toBe('LUNC/USDT')
  })
})
