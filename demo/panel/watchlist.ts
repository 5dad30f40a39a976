import { DAY_MS, timeframeMs } from 'edgequant'
import { fill, h } from '../app/dom.ts'
import type { Bus } from '../app/events.ts'
import { formatPercent, formatPrice, formatShare } from '../app/format.ts'
import type { AppStore } from '../app/state.ts'
import { indexAt, type Market, type SymbolCandles } from '../data/market.ts'
import { type Regime, regimeAt, regimesOfYear } from '../data/regime.ts'
import { sparkline } from './sparkline.ts'

const SPARK_DAYS = 7
const SPARK_POINTS = 42

/** The symbols the model knows, each with its week and how wild it is; below, the year's regimes of the one shown. */
export function createWatchlist(store: AppStore, bus: Bus): HTMLElement {
  const list = h('ul', { class: 'watchlist' })
  const ribbon = h('div', { class: 'regime-ribbon', role: 'img' })
  const caption = h('p', { class: 'muted regime-caption' }, 'Calm, usual and wild days, once there are candles.')
  const element = h(
    'nav',
    { class: 'panel watch', 'aria-label': 'Symbols' },
    h('h2', {}, 'Watchlist'),
    list,
    h('div', { class: 'regime' }, h('h2', {}, 'Volatility, past year'), ribbon, caption),
  )

  store.watch(['market', 'symbol', 'nowMs'], ({ market, symbol, nowMs }) => {
    if (!market) {
      fill(list, h('li', { class: 'empty' }, 'The symbols appear when the model is loaded.'))
      return
    }
    const rows = [...market.symbols.values()].map(data => row(data, market, nowMs, data.symbol === symbol, bus))
    const focused = list.contains(document.activeElement)
    fill(list, ...rows)
    if (focused) list.querySelector<HTMLElement>('[aria-current]')?.focus()
  })

  // A day's regime changes once a day: replaying hours must not redraw the year.
  let drawn = ''
  store.watch(['market', 'symbol', 'nowMs'], ({ market, symbol, nowMs }) => {
    const data = market?.symbols.get(symbol ?? '')
    const day = `${symbol} ${Math.floor(nowMs / DAY_MS)}`
    if (!market || !data || day === drawn) return
    drawn = day
    const regimes = regimesOfYear(data, market.timeframe, indexAt(data, market.timeframe, nowMs))
    fill(ribbon, ...runs(regimes).map(({ regime, days }) => h('span', { class: regime, style: `flex-grow:${days}` })))
    const wild = regimes.slice(-30).filter(regime => regime === 'wild').length
    caption.textContent = `${wild} of the last 30 days were wild.`
    ribbon.setAttribute(
      'aria-label',
      `Volatility regime of ${symbol} by day over ${regimes.length} days. ${caption.textContent}`,
    )
  })
  return element
}

function row(data: SymbolCandles, market: Market, nowMs: number, current: boolean, bus: Bus): HTMLElement {
  const { symbol, candles } = data
  const index = indexAt(data, market.timeframe, nowMs)
  if (index < 0) return h('li', { class: 'empty' }, `${symbol}: no candles yet at this time.`)
  const perDay = DAY_MS / timeframeMs(market.timeframe)
  const { regime, share } = regimeAt(data, market.timeframe, index)
  const change = candles[index].close / candles[Math.max(0, index - perDay)].close - 1
  const stride = Math.max(1, Math.round((SPARK_DAYS * perDay) / SPARK_POINTS))
  const week = Array.from(
    { length: SPARK_POINTS },
    (_, i) => candles[Math.max(0, index - (SPARK_POINTS - 1 - i) * stride)].close,
  )
  return h(
    'li',
    {},
    h(
      'button',
      {
        class: 'watch-row',
        'aria-current': current ? 'true' : undefined,
        onclick: () => bus.emit('selectSymbol', { symbol }),
      },
      h('span', { class: 'watch-symbol' }, symbol.split('/')[0]),
      sparkline(week),
      h('span', { class: 'watch-price' }, formatPrice(candles[index].close)),
      h(
        'span',
        {
          class: `regime-word ${regime}`,
          'data-why': `Ex-ante volatility ${formatShare(data.volatility[index], 2)} a candle: above ${formatShare(share)} of the past year. Calm, usual and wild are thirds of that year.`,
        },
        regime,
      ),
      h('span', { class: `watch-change ${change >= 0 ? 'up' : 'down'}` }, formatPercent(change)),
    ),
  )
}

/** Joins equal neighbours. */
function runs(regimes: readonly Regime[]): { regime: Regime; days: number }[] {
  const joined: { regime: Regime; days: number }[] = []
  for (const regime of regimes) {
    const last = joined.at(-1)
    if (last?.regime === regime) last.days++
    else joined.push({ regime, days: 1 })
  }
  return joined
}
