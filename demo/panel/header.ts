import type { CacheReport, Manifest } from 'edgequant'
import { fill, h } from '../app/dom.ts'
import type { Bus } from '../app/events.ts'
import { formatCount, formatDate, formatShare } from '../app/format.ts'
import type { AppStore, State } from '../app/state.ts'
import { endTimeMs } from '../data/market.ts'
import { createTransport } from './transport.ts'

/** Who speaks (the model), about what (the data), and the replay controls. */
export function createHeader(store: AppStore, bus: Bus): HTMLElement {
  const data = h('div', { class: 'header-data' })
  const model = h('div', { class: 'header-model' })
  const theme = h(
    'button',
    { class: 'icon', onclick: () => bus.emit('toggleTheme'), 'aria-label': 'Switch theme (t)' },
    '◐',
  )
  const help = h('button', { class: 'icon', onclick: () => bus.emit('toggleHelp'), 'aria-label': 'Help (?)' }, '?')
  const element = h(
    'header',
    { class: 'header' },
    h('h1', { class: 'brand' }, h('span', { class: 'brand-mark', 'aria-hidden': 'true' }), 'EdgeQuant'),
    createSymbolSelect(store, bus),
    data,
    createTransport(store, bus),
    model,
    h('div', { class: 'header-tools' }, theme, help),
  )

  store.watch(['market'], ({ market }) => fill(data, market && dataTag(market)))
  store.watch(['manifest', 'bundles', 'bundleUrl'], state => fill(model, ...modelParts(state, bus)))
  return element
}

/** Where the watchlist is far down the page, the symbol is chosen up here. */
function createSymbolSelect(store: AppStore, bus: Bus): HTMLElement {
  const select = h('select', {
    class: 'narrow-only',
    'aria-label': 'Symbol',
    onchange: () => bus.emit('selectSymbol', { symbol: select.value }),
  })
  store.watch(['market'], ({ market }) =>
    fill(select, ...[...(market?.symbols.keys() ?? [])].map(symbol => h('option', { value: symbol }, symbol))),
  )
  store.watch(['market', 'symbol'], ({ symbol }) => {
    select.value = symbol ?? ''
  })
  return select
}

function dataTag(market: NonNullable<State['market']>): HTMLElement {
  const symbols = [...market.symbols.values()]
  const filled = symbols.reduce((sum, data) => sum + data.filledCandles, 0)
  if (market.simulated) {
    return h(
      'span',
      {
        class: 'tag tag-warning',
        tabindex: 0,
        'data-why':
          'These candles come from a seeded market simulator, not from an exchange: regimes, jumps and volume are made up. Nothing here says how the model does on a real market.',
      },
      'simulated market',
    )
  }
  return h(
    'span',
    {
      class: 'tag',
      tabindex: 0,
      'data-why': `Recorded ${market.timeframe} candles of ${market.source}, up to ${formatDate(endTimeMs(symbols[0], market.timeframe))}. ${formatCount(filled)} candles missing at the exchange were filled flat. The clock stands at the newest candle; replay moves it.`,
    },
    `recorded · ${market.source}`,
  )
}

function modelParts({ manifest, bundles, bundleUrl, cache }: Readonly<State>, bus: Bus): (HTMLElement | false)[] {
  if (!manifest) return []
  const { name, version, training, evaluation, parameters } = manifest
  const facts =
    `${formatCount(parameters)} parameters, trained on ${training.simulated ? 'a simulated market' : `${training.exchange} candles`} from ${formatDate(training.period.startTimeMs)} to ${formatDate(training.period.endTimeMs)}. ` +
    `${scoreSentence(evaluation)} Every file matched its SHA-256. ${cacheSentence(cache)}`
  const chooser =
    bundles.length > 1 &&
    h(
      'select',
      {
        'aria-label': 'Model bundle',
        onchange: event => bus.emit('selectBundle', { url: (event.target as HTMLSelectElement).value }),
      },
      ...bundles.map(entry =>
        h('option', { value: entry.url, selected: entry.url === bundleUrl }, `${entry.name} ${entry.version}`),
      ),
    )
  return [
    h('span', { class: 'muted wide-only' }, 'model'),
    chooser || h('span', {}, `${name} ${version}`),
    h('span', { class: 'tag tag-good', tabindex: 0, 'data-why': facts }, '✓ verified'),
  ]
}

function cacheSentence(cache: CacheReport | null): string {
  if (cache?.kind === 'failed') return cache.problem
  if (!cache || cache.kind === 'off') return ''
  return cache.reusedFiles > 0 ? 'It came from the cache in this browser.' : 'It is now in the cache of this browser.'
}

/** How the model did on data it had never seen, beside the simplest forecast there is. */
function scoreSentence({ period, horizons }: Manifest['evaluation']): string {
  if (horizons.length === 0) return 'It was not evaluated.'
  const gains = horizons.map(scores => 1 - scores.pinball / scores.pinballUnconditional)
  const mean = gains.reduce((sum, gain) => sum + gain, 0) / gains.length
  return `Out of sample (${formatDate(period.startTimeMs)} to ${formatDate(period.endTimeMs)}) its pinball loss is ${formatShare(Math.abs(mean), 1)} ${mean >= 0 ? 'below' : 'above'} that of the unconditional quantiles.`
}
