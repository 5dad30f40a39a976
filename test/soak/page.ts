import { simulateMarket } from '../../sdk/candle/simulate-market.ts'
import { createPredictionService } from '../../sdk/service/create-prediction-service.ts'
import type { EngineChoice } from '../../sdk/service/service.ts'
import { timeframeMs } from '../../sdk/units.ts'

/** What the soak asks of this page; installed as `window.soak`. */
export interface SoakPage {
  /** Loads the bundle at a URL. */
  open(url: string, engine: EngineChoice): Promise<string>
  /** So many forecasts, half of them whole, half of them followed, and now and then a stream is begun and closed. */
  forecast(count: number): Promise<void>
}

const CANDLES = 2_000

async function openPage(url: string, engine: EngineChoice): Promise<Pick<SoakPage, 'forecast'> & { reason: string }> {
  const createWorker = () => new Worker(new URL('./collected.worker.ts', import.meta.url), { type: 'module' })
  const service = await createPredictionService({ bundle: url, engine, createWorker })
  const { manifest, candlesNeeded } = service
  const [symbol] = manifest.symbols
  const startTimeMs = Date.UTC(2024, 0, 1)
  const market = { symbols: [symbol], candles: CANDLES, timeframe: manifest.timeframe, seed: 1, startTimeMs }
  const candles = simulateMarket(market).get(symbol)!
  const nowMs = startTimeMs + CANDLES * timeframeMs(manifest.timeframe)
  return {
    reason: service.engineInfo.reason,
    async forecast(count) {
      let stream = service.follow({ symbol, candles: candles.slice(0, candlesNeeded), nowMs })
      let newest = candlesNeeded - 1
      for (let done = 0; done < count; done += 2) {
        if (newest === CANDLES - 1) {
          stream.close()
          stream = service.follow({ symbol, candles: candles.slice(0, candlesNeeded), nowMs })
          newest = candlesNeeded - 1
        }
        await stream.push(candles[++newest], { nowMs })
        await service.predictPrice({ symbol, candles: candles.slice(newest + 1 - candlesNeeded, newest + 1), nowMs })
      }
      stream.close()
    },
  }
}

/** Garbage of the worker, so that what is left is kept on purpose, or leaked. */
function collectInWorker(): Promise<void> {
  const channel = new BroadcastChannel('soak')
  return new Promise(collected => {
    channel.onmessage = ({ data }) => {
      if (data !== 'collected') return
      channel.close()
      collected()
    }
    channel.postMessage('collect')
  })
}

let opened: Awaited<ReturnType<typeof openPage>> | undefined
Object.assign(window, {
  soak: {
    async open(url, engine) {
      opened = await openPage(url, engine)
      return opened.reason
    },
    async forecast(count) {
      await opened!.forecast(count)
      await collectInWorker()
    },
  } satisfies SoakPage,
})
