import type { EngineInfo } from 'edgequant'
import { fill, h, why } from '../app/dom.ts'
import { formatCount, formatMs } from '../app/format.ts'
import type { AppStore } from '../app/state.ts'

/** A 99th percentile of fewer values is their maximum. */
const P99_NEEDS = 100

/** Which engine computes, why that one, and how fast this page sees it. */
export function createStatusBar(store: AppStore): HTMLElement {
  const engine = h('div', { class: 'status-engine' })
  const timings = h('div', { class: 'status-timings' })
  store.watch(['engineInfo', 'phase'], ({ engineInfo, phase }) => {
    if (engineInfo) fill(engine, ...engineParts(engineInfo))
    else fill(engine, phase === 'failed' ? 'No engine is running.' : 'Engines are measured once the model is here.')
  })
  store.watch(['timings'], ({ timings: t }) => {
    fill(
      timings,
      t &&
        why(
          'From asking for a forecast with its explanation to having it, across the worker boundary.',
          `p50 ${formatMs(t.p50Ms)}${t.count < P99_NEEDS ? '' : ` · p99 ${formatMs(t.p99Ms)}`}`,
        ),
      t && h('span', {}, `${formatCount(t.count)} ${t.count === 1 ? 'forecast' : 'forecasts'}`),
      h('a', { href: 'https://www.tradingview.com/', rel: 'noreferrer' }, 'charts by TradingView'),
    )
  })
  return h('footer', { class: 'status', 'aria-label': 'Engine' }, engine, timings)
}

function engineParts({ backend, reason, candidates, adapter }: EngineInfo): HTMLElement[] {
  const gpu = adapter
    ? ` GPU adapter: ${[adapter.vendor, adapter.architecture, adapter.description].filter(Boolean).join(' ')}.`
    : ''
  const measured = candidates.map(({ backend: name, batch1P50Ms, rejected }) =>
    h(
      rejected === null ? 'strong' : 'span',
      { class: rejected === null ? '' : 'rejected', tabindex: 0, 'data-why': `${rejected ?? reason}${gpu}` },
      `${name} ${batch1P50Ms === null ? 'not measured' : formatMs(batch1P50Ms)}`,
    ),
  )
  // A backend that was asked for by name is not measured against others.
  if (measured.length === 0) measured.push(h('strong', { tabindex: 0, 'data-why': `${reason}${gpu}` }, backend))
  return [...measured, h('span', { class: 'engine-reason' }, reason)]
}
