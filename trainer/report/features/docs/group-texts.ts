import type { FeatureGroup } from '../../../../sdk/feature/feature.ts'

/** What stands at the head of a group in the documentation. */
export const GROUP_TEXTS: Readonly<Record<FeatureGroup, { readonly title: string; readonly text: string }>> = {
  return: { title: 'Returns', text: 'How far the price has moved, in units of ex-ante volatility.' },
  shape: { title: 'Shape of candles', text: 'Where the price stands within a candle or within its last range.' },
  volatility: {
    title: 'Volatility',
    text: 'Estimates of several lengths and kinds. Most are logarithms of their ratio to the ex-ante volatility, so that they say whether the market wakes up or calms down, whatever its level.',
  },
  volume: { title: 'Volume', text: 'Whether more or less is traded than usual, and at which prices.' },
  indicator: {
    title: 'Indicators',
    text: 'What traders look at. A family with the name of a published indicator gives its published values.',
  },
  moment: { title: 'Moments and spectra', text: 'Asymmetry, tails and rhythms of the last returns.' },
  market: {
    title: 'Other symbols',
    text: 'The market as a whole, its leaders, and the symbol beside them. A feature set names the symbols that make up the market.',
  },
  seasonality: {
    title: 'Seasonality',
    text: 'What the hours to come are usually like, from a profile of the week that is fitted on training data and stands in the feature set.',
  },
  calendar: { title: 'Calendar', text: 'Functions of time alone, known for the candles to come too.' },
  book: { title: 'Order book', text: 'The last snapshot before a candle closes.' },
  derivative: { title: 'Derivatives', text: 'Funding, basis and open interest of perpetual futures.' },
  liquidation: { title: 'Liquidations', text: 'Forced orders, summed over a candle.' },
  macro: {
    title: 'Daily series',
    text: 'Dollar, shares and implied volatility, each known some hours after its day’s end.',
  },
  regime: { title: 'Regimes', text: 'Labels of the state that the market is in.' },
  transform: {
    title: 'Transforms',
    text: 'Features of features: each takes the name of another one as an argument.',
  },
  static: { title: 'Static', text: 'What a symbol is, the same at all times.' },
}
