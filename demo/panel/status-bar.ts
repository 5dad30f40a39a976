import type { EngineCandidate, EngineInfo } from 'edgequant'
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
          'From a candle to its forecast, across the worker boundary.',
          `p50 ${formatMs(t.p50Ms)}${t.count < P99_NEEDS ? '' : ` · p99 ${formatMs(t.p99Ms)}`}`,
        ),
      t && h('span', {}, `${formatCount(t.count)} ${t.count === 1 ? 'forecast' : 'forecasts'}`),
      h('a', { href: 'https://www.tradingview.com/', rel: 'noreferrer' }, 'charts by TradingView'),
    )
  })
  return h('footer', { class: 'status', 'aria-label': 'Engine' }, engine, timings)
}

function engineParts({ kind, backend, reason, candidates, adapter, uses, workloads }: EngineInfo): HTMLElement[] {
  const gpu = adapter
    ? ` GPU adapter: ${[adapter.vendor, adapter.architecture, adapter.description].filter(Boolean).join(' ')}.`
    : ''
  const measured = candidates.map(candidate =>
    h(
      candidate.rejected === null ? 'strong' : 'span',
      {
        class: candidate.rejected === null ? '' : 'rejected',
        tabindex: 0,
        'data-why': `${candidate.rejected ?? servedBy(candidate, workloads)}${gpu}`,
      },
      `${nameOf(candidate)} ${measurementsOf(candidate)}`,
    ),
  )
  // An engine that was asked for by name is not measured against others.
  if (measured.length === 0)
    measured.push(h('strong', { tabindex: 0, 'data-why': `${reason}${gpu}` }, nameOf({ kind, backend })))
  return [
    ...measured,
    ...uses.map(use => h('span', { class: 'tag' }, use)),
    h('span', { class: 'engine-reason' }, reason),
  ]
}

const nameOf = ({ kind, backend }: Pick<EngineCandidate, 'kind' | 'backend'>): string =>
  backend === null ? kind : `${kind} on ${backend}`

const measurementsOf = ({ batch1P50Ms, windowP50Ms }: EngineCandidate): string =>
  batch1P50Ms === null || windowP50Ms === null
    ? 'not measured'
    : `${formatMs(batch1P50Ms)} · ${formatMs(windowP50Ms)} in bulk`

function servedBy({ kind }: EngineCandidate, workloads: EngineInfo['workloads']): string {
  const served = [
    ...(workloads.single === kind ? ['single forecasts'] : []),
    ...(workloads.batch === kind ? ['backtests'] : []),
  ]
  return `Measured when the model was loaded: one window, and each of many. It computes ${served.join(' and ')}.`
}
