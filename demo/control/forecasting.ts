import { toFailure } from '../app/failure.ts'
import type { AppStore, ForecastTimings } from '../app/state.ts'
import { indexAt } from '../data/market.ts'
import { Following } from './following.ts'
import { latestOnly } from './latest.ts'
import type { Loading } from './loading.ts'

const TIMINGS_KEPT = 500

/** Asks the model for a forecast whenever the symbol or the replay clock moves. */
export function createForecasting(store: AppStore, loading: Loading): void {
  const following = new Following()
  const timingsMs: number[] = []
  let count = 0

  const record = (ms: number): ForecastTimings => {
    count++
    timingsMs.push(ms)
    if (timingsMs.length > TIMINGS_KEPT) timingsMs.shift()
    const sorted = [...timingsMs].sort((a, b) => a - b)
    const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]
    return { count, p50Ms: at(0.5), p99Ms: at(0.99) }
  }

  const forecast = latestOnly(async ({ symbol, nowMs }: { symbol: string; nowMs: number }) => {
    const { service } = loading
    const { market, candlesRemembered } = store.state
    const data = market?.symbols.get(symbol)
    if (!service || !market || !data) return
    const index = indexAt(data, market.timeframe, nowMs)
    const candles = data.candles.slice(Math.max(0, index + 1 - candlesRemembered), index + 1)
    const startMs = performance.now()
    try {
      const forecast = await following.forecastAt(service, symbol, data.candles, index, nowMs)
      const timings = record(performance.now() - startMs)
      // The same forecast; what the panels show of its reasons takes a pass of its own.
      const { explanation } = await service.predictPrice({ symbol, candles, explain: true, nowMs })
      if (store.state.symbol === symbol) {
        store.update({ forecast: { ...forecast, explanation }, forecastFailure: null, timings })
      }
    } catch (error) {
      if (loading.service !== service) return
      const forecastFailure = toFailure(`No forecast for ${symbol}`, error)
      store.update({ forecast: null, decision: null, verdict: null, forecastFailure, playing: false })
    }
  })

  store.watch(['phase', 'symbol', 'nowMs'], ({ phase, symbol, nowMs }) => {
    if (phase === 'ready' && symbol !== null) forecast({ symbol, nowMs })
  })
}
