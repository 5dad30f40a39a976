import { type Decision, type Forecast, type GateLimits, gateLimits, timeframeMs } from 'edgequant'
import { fill, h, why } from '../app/dom.ts'
import { formatBps, formatCostBps, formatDuration, formatPercent, formatRatio } from '../app/format.ts'
import type { AppStore, State } from '../app/state.ts'
import { costsOf } from '../control/deciding.ts'
import { gauge } from './gauge.ts'
import { createOrderCheck } from './order-check.ts'
import { decisionSentence, quoteHorizon } from './sentence.ts'

const HORIZONS_SHOWN = 5

/** Act or abstain, why, and the forecast in figures. Abstaining is shown as calmly as acting. */
export function createDecisionPanel(store: AppStore): HTMLElement {
  const body = h('div', { class: 'decision-body' })
  const spoken = h('p', { class: 'visually-hidden', 'aria-live': 'polite', 'data-testid': 'decision-sentence' })
  const element = h(
    'section',
    { class: 'panel decision', 'aria-label': 'Decision' },
    h('h2', {}, 'Decision'),
    spoken,
    body,
    createOrderCheck(store),
  )

  store.watch(['decision', 'forecast', 'forecastFailure', 'phase'], state => {
    const { decision, forecast, manifest, settings } = state
    if (!decision || !forecast || !manifest) {
      fill(body, waiting(state))
      return
    }
    const limits = gateLimits({
      thresholds: manifest.gate,
      costs: costsOf(settings),
      edgeMultiplier: settings.edgeMultiplier,
    })
    fill(
      body,
      verdictLine(decision),
      edgeLine(decision, forecast),
      gauges(decision, forecast, limits),
      reasonList(decision),
      horizonTable(forecast, decision),
    )
    // While playing, only a change of mind is worth interrupting a screen reader for.
    const changed = element.dataset.kind !== decision.kind || element.dataset.symbol !== forecast.symbol
    if (!state.playing || changed) {
      spoken.textContent = decisionSentence(forecast.symbol, decision, timeframeMs(forecast.timeframe))
    }
    element.dataset.kind = decision.kind
    element.dataset.symbol = forecast.symbol
  })
  store.watch(['forecast', 'nowMs'], ({ forecast, nowMs }) => {
    element.toggleAttribute('data-stale', forecast !== null && forecast.asOfMs !== nowMs)
  })
  return element
}

function waiting({ phase, forecastFailure }: Readonly<State>): HTMLElement {
  if (forecastFailure) {
    return h(
      'div',
      { class: 'problem', role: 'alert' },
      h('strong', {}, forecastFailure.title),
      h('p', {}, forecastFailure.message),
    )
  }
  return h(
    'p',
    { class: 'empty' },
    phase === 'failed' ? 'No model, no decision.' : 'The first decision follows the first forecast.',
  )
}

function verdictLine(decision: Decision): HTMLElement {
  if (decision.kind === 'abstain')
    return h('p', { class: 'verdict abstain' }, h('span', { class: 'mark' }, '○'), 'Abstain')
  const buy = decision.side === 'buy'
  return h(
    'p',
    { class: `verdict ${buy ? 'up' : 'down'}` },
    h('span', { class: 'mark' }, buy ? '▲' : '▼'),
    buy ? 'Buy' : 'Sell',
  )
}

function edgeLine(decision: Decision, forecast: Forecast): HTMLElement {
  const { duration, lowReturn, highReturn } = quoteHorizon(forecast, decision.horizonCandles)
  return h(
    'p',
    { class: 'edge' },
    'Expected ',
    why('Mean of the forecast distribution, before costs.', formatBps(decision.edgeBps)),
    ` over ${duration}, 80 % between `,
    why(
      'Four in five outcomes are expected to lie in here.',
      `${formatPercent(lowReturn)} and ${formatPercent(highReturn)}`,
    ),
    '. A round trip costs ',
    why('Fee and slippage, paid to enter and to leave.', formatCostBps(decision.costBps)),
    '.',
  )
}

/** The two questions of the gate: is the edge worth its cost, and is the model as sure as usual? */
function gauges(decision: Decision, forecast: Forecast, limits: GateLimits): HTMLElement {
  const { horizon } = quoteHorizon(forecast, decision.horizonCandles)
  const { minEdgeBps, maxWidthRatio } = limits
  const reach = 1.6 * Math.max(minEdgeBps, Math.abs(decision.edgeBps), 1)
  return h(
    'div',
    { class: 'gauges' },
    gauge({
      label: 'edge',
      sentence: `Expected return over the horizon. Within ±${formatCostBps(minEdgeBps)} (shaded) it is not worth a round trip.`,
      value: decision.edgeBps,
      text: formatBps(decision.edgeBps),
      from: -reach,
      to: reach,
      held: [{ from: -minEdgeBps, to: minEdgeBps }],
    }),
    gauge({
      label: 'width',
      sentence: `The 80 % interval beside its usual width. Above ${formatRatio(maxWidthRatio)}× (shaded) the model is too unsure to act on.`,
      value: horizon.widthRatio,
      text: `${formatRatio(horizon.widthRatio)}×`,
      from: 0,
      to: 1.5 * maxWidthRatio,
      held: [{ from: maxWidthRatio, to: Number.POSITIVE_INFINITY }],
    }),
  )
}

function reasonList(decision: Decision): HTMLElement {
  return decision.kind === 'act'
    ? h(
        'ul',
        { class: 'reasons' },
        h('li', {}, 'The edge exceeds the cost, the median agrees, and the interval is not unusually wide.'),
      )
    : h(
        'ul',
        { class: 'reasons' },
        ...decision.reasons.map(reason => h('li', { 'data-code': reason.code }, reason.text)),
      )
}

/** The traded horizon and, spread evenly, as many others as leave the panel in one piece. */
function selectHorizons({ horizons }: Forecast, traded: number): Forecast['horizons'] {
  if (horizons.length <= HORIZONS_SHOWN) return horizons
  const stride = (horizons.length - 1) / (HORIZONS_SHOWN - 1)
  const spread = new Set(Array.from({ length: HORIZONS_SHOWN }, (_, i) => Math.round(i * stride)))
  return horizons.filter((horizon, i) => spread.has(i) || horizon.horizonCandles === traded)
}

function horizonTable(forecast: Forecast, decision: Decision): HTMLElement {
  const head = (text: string, sentence: string) => h('th', { scope: 'col' }, why(sentence, text))
  return h(
    'table',
    { class: 'figures' },
    h(
      'thead',
      {},
      h(
        'tr',
        {},
        h('th', { scope: 'col' }, 'horizon'),
        head('median', 'As many outcomes are expected above as below.'),
        head('80 % interval', 'From the 10 % to the 90 % quantile.'),
        head(
          'width',
          'Width of the 80 % interval beside the usual one of this model at the same volatility: above 1 it is less sure than usual.',
        ),
      ),
    ),
    h(
      'tbody',
      {},
      ...selectHorizons(forecast, decision.horizonCandles).map(({ horizonCandles, widthRatio }) => {
        const { medianReturn, lowReturn, highReturn } = quoteHorizon(forecast, horizonCandles)
        return h(
          'tr',
          { class: horizonCandles === decision.horizonCandles ? 'chosen' : undefined },
          h('th', { scope: 'row' }, formatDuration(horizonCandles * timeframeMs(forecast.timeframe))),
          h('td', {}, formatBps(medianReturn * 10_000)),
          h('td', {}, `${formatPercent(lowReturn)} … ${formatPercent(highReturn)}`),
          h('td', {}, `${formatRatio(widthRatio)}×`),
        )
      }),
    ),
  )
}
