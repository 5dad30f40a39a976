import type * as TradingSignals from 'trading-signals'
import type { ObservedFamily } from '../../feature.ts'
import { indicatorFamily } from '../../indicator-family.ts'
import { period } from './period.ts'

type Indicators = Pick<
  typeof TradingSignals,
  'AO' | 'CMF' | 'IQR' | 'TSI' | 'UltimateOscillator' | 'VHF' | 'VortexIndicator'
>

/**
 * Further published indicators, computed by the package trading-signals; not among the families that come with EdgeQuant,
 * which would bring the package to every worker: `loadPublishedIndicators` registers them. Those of its indicators stand
 * here that add, multiply and divide alone, so that every engine gives the same bits, and that hold for any unit of price.
 * @param indicators of the package, which whoever calls has loaded: it is an optional one
 */
export const tradingSignalsFamilies = ({
  AO,
  CMF,
  IQR,
  TSI,
  UltimateOscillator,
  VHF,
  VortexIndicator,
}: Indicators): readonly ObservedFamily[] => [
  indicatorFamily({
    name: 'awesomeOscillator',
    summary:
      'Awesome oscillator relative to the price: whether the middle of the last candles is above that of more of them.',
    unit: 'fraction of the price',
    formula: '(mean(m, fast) − mean(m, slow)) / close, m = (high + low) / 2',
    edges: '0 in a market that stands still.',
    source: 'Williams (1998), New Trading Dimensions',
    parameters: { fast: period, slow: period },
    examples: ['awesomeOscillator(5,34)'],
    create: ({ fast, slow }) => new AO(fast, slow),
    input: candle => candle,
    value: (result, { close }) => result / close,
    memoryCandles: ({ fast, slow }) => Math.max(fast, slow) - 1,
  }),

  indicatorFamily({
    name: 'ultimateOscillator',
    summary: 'Ultimate oscillator: how much of the ranges was bought, over three lengths at once.',
    unit: '0 … 100',
    formula:
      '100·(4·b(short) + 2·b(medium) + b(long)) / 7, b(n) = Σ (close − true low) / Σ true range over the last n candles',
    edges: '50 where the market stood still over the short length; no value where it did over the medium one alone.',
    source: 'Williams (1985), The Ultimate Oscillator, Technical Analysis of Stocks & Commodities 3',
    parameters: { short: period, medium: period, long: period },
    examples: ['ultimateOscillator(7,14,28)'],
    create: ({ short, medium, long }) =>
      new UltimateOscillator({ shortPeriod: short, mediumPeriod: medium, longPeriod: long }),
    input: candle => candle,
    value: result => result,
    memoryCandles: ({ long }) => long,
  }),

  indicatorFamily({
    name: 'vortex',
    summary: 'Vortex indicator: whether highs run away from the lows before them (> 0) or lows from the highs (< 0).',
    unit: 'fraction of the true range',
    formula: '(Σ |high[t] − low[t − 1]| − Σ |low[t] − high[t − 1]|) / Σ true range over the last candles',
    edges: '0 in a market that stands still.',
    source: 'Botes & Siepman (2010), The Vortex Indicator, Technical Analysis of Stocks & Commodities 28',
    parameters: { candles: period },
    examples: ['vortex(14)'],
    create: ({ candles }) => new VortexIndicator(candles),
    input: candle => candle,
    value: ({ plus, minus }) => plus - minus,
    memoryCandles: ({ candles }) => candles,
  }),

  indicatorFamily({
    name: 'chaikinMoneyFlow',
    summary: 'Chaikin money flow: whether volume came with closes near the high (> 0) or near the low (< 0).',
    unit: 'fraction',
    formula: 'Σ volume·((close − low) − (high − close)) / (high − low) / Σ volume over the last candles',
    edges: 'A candle without a range counts as 0.',
    source: 'Achelis (2001), Technical Analysis from A to Z',
    parameters: { candles: period },
    examples: ['chaikinMoneyFlow(20)'],
    create: ({ candles }) => new CMF(candles),
    input: candle => candle,
    value: result => result,
    memoryCandles: ({ candles }) => candles - 1,
  }),

  indicatorFamily({
    name: 'trueStrengthIndex',
    summary: 'True strength index: the twice smoothed change of the close against its twice smoothed size.',
    unit: '−100 … 100',
    formula: '100·EMA(EMA(Δ, long), short) / EMA(EMA(|Δ|, long), short), Δ = close[t] − close[t − 1]',
    edges: '0 in a market that stands still.',
    source: 'Blau (1991), True Strength Index, Technical Analysis of Stocks & Commodities 9',
    parameters: { long: period, short: period },
    examples: ['trueStrengthIndex(25,13)'],
    create: ({ long, short }) => new TSI({ longPeriod: long, shortPeriod: short }),
    input: ({ close }) => close,
    value: result => result,
    // an average with weight 2/(n + 1) has forgotten all but 1e-24 after 28·n candles
    memoryCandles: ({ long, short }) => 30 * (long + short),
  }),

  indicatorFamily({
    name: 'interquartileRange',
    summary: 'How far apart the quartiles of the last closes are: a spread that single spikes do not move.',
    unit: 'fraction of the price',
    formula: '(upper quartile − lower quartile of the last closes) / close',
    edges: '0 in a market that stands still.',
    source: 'Tukey (1977), Exploratory Data Analysis',
    parameters: { candles: period },
    examples: ['interquartileRange(48)'],
    create: ({ candles }) => new IQR(candles),
    input: ({ close }) => close,
    value: (result, { close }) => result / close,
    memoryCandles: ({ candles }) => candles - 1,
  }),

  indicatorFamily({
    name: 'verticalHorizontalFilter',
    summary: 'Vertical horizontal filter: how much of the way that the close went it kept: high in a trend.',
    unit: 'fraction',
    formula: '(max(close, candles) − min(close, candles)) / Σ |close[t] − close[t − 1]| over the last candles',
    edges: '0 in a market that stands still.',
    source: 'White (1991), The Vertical Horizontal Filter, Futures 20',
    parameters: { candles: period },
    examples: ['verticalHorizontalFilter(28)'],
    create: ({ candles }) => new VHF(candles),
    input: ({ close }) => close,
    value: result => result,
    memoryCandles: ({ candles }) => candles,
  }),
]
