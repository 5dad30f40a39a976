import { type Candle, DAY_MS, timeframeMs } from 'edgequant'
import type { Bus } from '../app/events.ts'
import { toFailure } from '../app/failure.ts'
import type { AppStore, LabSettings, State } from '../app/state.ts'
import { costsOf } from './deciding.ts'
import { latestOnly } from './latest.ts'
import type { Loading } from './loading.ts'

interface Question {
  readonly symbol: string
  readonly settings: LabSettings
  readonly signal: AbortSignal
}

/** Reruns the backtest when a slider moves. Every setting looked at counts as a trial against the deflated Sharpe ratio. */
export function createBacktesting(store: AppStore, bus: Bus, loading: Loading): void {
  const tried = new Set<string>()
  let asked = ''
  let asking = new AbortController()

  const backtest = latestOnly(async ({ symbol, settings, signal }: Question) => {
    const { service } = loading
    const candles = candlesFor(store.state, symbol, settings.days)
    if (!service || !candles || settings.horizonCandles === null || signal.aborted) return
    tried.add(JSON.stringify([symbol, settings]))
    try {
      const report = await service.backtest({
        symbol,
        candles,
        strategy: {
          horizonCandles: settings.horizonCandles,
          edgeMultiplier: settings.edgeMultiplier,
          allowShort: false,
        },
        costs: costsOf(settings),
        trials: tried.size,
        signal,
        onProgress: ({ doneCandles, totalCandles }) => {
          if (!signal.aborted) store.update({ lab: { ...store.state.lab, progress: doneCandles / totalCandles } })
        },
      })
      // A long backtest may have started threads.
      const { engineInfo } = service
      if (!signal.aborted) store.update({ lab: { report, progress: null, failure: null }, engineInfo })
    } catch (error) {
      const failure = toFailure('The backtest did not run', error)
      if (!signal.aborted) store.update({ lab: { report: null, progress: null, failure } })
    }
  })

  store.watch(['phase', 'symbol', 'settings'], ({ phase, symbol, settings }) => {
    // Other candles or another model: the forecasts under way are of no use any more.
    const question = phase === 'ready' ? `${symbol} ${settings.days}` : ''
    if (question !== asked) {
      asking.abort()
      asking = new AbortController()
      asked = question
      store.update({ lab: { report: null, progress: question === '' ? null : 0, failure: null } })
    }
    if (phase === 'ready' && symbol !== null) backtest({ symbol, settings, signal: asking.signal })
  })

  bus.on('changeLab', change => store.update({ settings: { ...store.state.settings, ...change } }))
  bus.on('toggleLab', () => store.update({ labOpen: !store.state.labOpen }))
}

/** The newest days of a symbol, with the history its first forecast needs. The service knows candles it has seen. */
function candlesFor(
  { market, candlesRemembered }: Readonly<State>,
  symbol: string,
  days: number,
): readonly Candle[] | null {
  const data = market?.symbols.get(symbol)
  if (!market || !data) return null
  return data.candles.slice(-((days * DAY_MS) / timeframeMs(market.timeframe) + candlesRemembered))
}
