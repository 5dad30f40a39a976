import { timeframeMs } from 'edgequant'
import type { Bus } from '../app/events.ts'
import type { AppStore } from '../app/state.ts'
import { endTimeMs, type Market } from '../data/market.ts'

/** Playing from the end starts this many candles back. */
const REWIND_CANDLES = 168
/** A frame after a pause (a hidden tab) must not leap. */
const MAX_FRAME_MS = 100

/** The replay clock and the symbol shown. */
export function createNavigating(store: AppStore, bus: Bus): void {
  const current = () => {
    const { market, symbol } = store.state
    const data = market?.symbols.get(symbol ?? '')
    return market && data ? { market, data } : null
  }

  const clampToData = (timeMs: number, market: Market, symbol: string): number => {
    const data = market.symbols.get(symbol)!
    const earliest = data.candles[0].openTimeMs + store.state.candlesNeeded * timeframeMs(market.timeframe)
    return Math.min(Math.max(timeMs, earliest), endTimeMs(data, market.timeframe))
  }

  const jumpTo = (timeMs: number) => {
    const shown = current()
    if (shown) store.update({ nowMs: clampToData(timeMs, shown.market, shown.data.symbol) })
  }

  const step = (candles: number) => {
    const shown = current()
    if (shown) jumpTo(store.state.nowMs + candles * timeframeMs(shown.market.timeframe))
  }

  const play = (previousFrameMs: number, owed: number) => {
    requestAnimationFrame(frameMs => {
      const shown = current()
      if (!store.state.playing || !shown) return
      const elapsed = Math.min(frameMs - previousFrameMs, MAX_FRAME_MS)
      const due = owed + (elapsed / 1000) * store.state.candlesPerSecond
      if (due >= 1) step(Math.floor(due))
      if (store.state.nowMs >= endTimeMs(shown.data, shown.market.timeframe)) store.update({ playing: false })
      else play(frameMs, due % 1)
    })
  }

  bus.on('step', ({ candles }) => {
    store.update({ playing: false })
    step(candles)
  })
  bus.on('jumpTo', ({ timeMs }) => jumpTo(timeMs))
  bus.on('togglePlay', () => {
    const shown = current()
    if (!shown) return
    if (!store.state.playing && store.state.nowMs >= endTimeMs(shown.data, shown.market.timeframe)) {
      step(-REWIND_CANDLES)
    }
    store.update({ playing: !store.state.playing })
    if (store.state.playing) play(performance.now(), 0)
  })
  bus.on('setSpeed', ({ candlesPerSecond }) => store.update({ candlesPerSecond }))
  bus.on('toggleOutcome', () => store.update({ showOutcome: !store.state.showOutcome }))
  bus.on('selectSymbol', ({ symbol }) => {
    const { market, nowMs } = store.state
    if (market?.symbols.has(symbol)) {
      store.update({ symbol, nowMs: clampToData(nowMs, market, symbol), forecast: null, decision: null, verdict: null })
    }
  })
}
