import { expect, it } from 'vitest'
import { compileFeatures } from '../../../../sdk/feature/compile-features.ts'
import { needsOf } from '../../../../sdk/forecast/forecast-needs.ts'

const SYMBOLS = ['BTC/USDT', 'ETH/USDT']
const needsFor = (features: readonly string[]) =>
  needsOf(
    SYMBOLS.map(symbol => compileFeatures({ features, market: SYMBOLS }, { symbols: [symbol], timeframe: '1h' })),
    24,
  )

it('a leader is needed by the other symbols, and every symbol of the market by each other', () => {
  expect(needsFor(['return(1)']).contextSymbols).toEqual([])
  expect(needsFor(['leadReturn(BTC/USDT,1)']).contextSymbols).toEqual(['BTC/USDT'])
  expect(needsFor(['leadReturn(SOL/USDT,1)']).contextSymbols).toEqual(['SOL/USDT'])
  expect(needsFor(['marketMove(1)']).contextSymbols).toEqual(SYMBOLS)
})

it('a column is needed of each symbol whose features are made of it, and named once', () => {
  expect(needsFor(['return(1)']).inputsNeeded).toEqual([])
  expect(needsFor(['funding(1)', 'funding(72)']).inputsNeeded).toEqual(
    SYMBOLS.map(symbol => ({ symbol, input: 'fundingRate' })),
  )
})

it('candles are as many as the symbol that needs most', () => {
  const [btc, eth] = SYMBOLS.map(symbol =>
    compileFeatures({ features: ['return(1)'] }, { symbols: [symbol], timeframe: '1h' }),
  )
  const needs = needsOf(
    [
      { ...btc, warmupCandles: 200 },
      { ...eth, memoryCandles: 900 },
    ],
    24,
  )
  expect([needs.candlesNeeded, needs.candlesRemembered]).toEqual([224, 924])
})
