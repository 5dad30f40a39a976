/** An app that installed the package, driven from outside. */
import { type Candle, createPredictionService, type EngineChoice, type PredictionServiceOptions } from 'edgequant'

export interface AppRequest {
  readonly bundle: string
  readonly engine: EngineChoice
  readonly backend?: NonNullable<PredictionServiceOptions['backend']>
  readonly candles: readonly Candle[]
}

export interface TickRequest extends AppRequest {
  /** The first of them only warm up. */
  readonly ticks: number
  readonly warmUp: number
}

const SYMBOL = 'BTC/USDT'
const COSTS = { feeBps: 5, slippageBps: 1 }

const open = ({ bundle, engine, backend }: AppRequest) =>
  createPredictionService({ bundle, engine, ...(backend ? { backend } : {}) })

/** When the next worker is started, by the page's clock. */
function nextWorkerStart(): Promise<number> {
  const Usual = globalThis.Worker
  return new Promise(resolve => {
    globalThis.Worker = class extends Usual {
      constructor(...o: ConstructorParameters<typeof Worker>) {
        globalThis.Worker = Usual
        resolve(performance.now())
        super(...o)
      }
    }
  })
}

const app = {
  /** Milliseconds to the first forecast: from the call that creates the service, and from the start of its worker. */
  async start(o: AppRequest): Promise<{ ms: number; workerMs: number; reusedFiles: number; engine: string }> {
    const workerStart = nextWorkerStart()
    const begin = performance.now()
    const service = await open(o)
    await service.predictPrice({ symbol: SYMBOL, candles: o.candles })
    const end = performance.now()
    const { cache, engineInfo } = service
    await service.dispose()
    return {
      ms: end - begin,
      workerMs: end - (await workerStart),
      reusedFiles: cache.reusedFiles,
      engine: engineInfo.kind,
    }
  },

  /** Milliseconds from each new candle to its gated signal. */
  async follow(o: TickRequest): Promise<number[]> {
    const service = await open(o)
    const stream = service.follow({ symbol: SYMBOL, candles: o.candles.slice(0, -o.ticks) })
    await stream.forecast
    const times: number[] = []
    for (const candle of o.candles.slice(-o.ticks)) {
      const begin = performance.now()
      service.gate(await stream.push(candle))
      times.push(performance.now() - begin)
    }
    await service.dispose()
    return times.slice(o.warmUp)
  },

  /** The same where every candle is forecast from nothing: features of all candles needed, and a whole forward pass. */
  async predict(o: TickRequest): Promise<number[]> {
    const service = await open(o)
    const times: number[] = []
    for (let i = 0; i < o.ticks; i++) {
      const end = o.candles.length - o.ticks + i + 1
      const candles = o.candles.slice(end - service.candlesNeeded, end)
      const begin = performance.now()
      service.gate(await service.predictPrice({ symbol: SYMBOL, candles }))
      times.push(performance.now() - begin)
    }
    await service.dispose()
    return times.slice(o.warmUp)
  },

  /** Milliseconds of whole backtests of two series that differ in one candle: both are forecast anew. */
  async backtest(
    o: AppRequest,
  ): Promise<{ firstMs: number; secondMs: number; windows: number; uses: readonly string[] }> {
    const service = await open(o)
    const strategy = { horizonCandles: service.manifest.horizons[0]! }
    const run = async (candles: readonly Candle[]) => {
      const begin = performance.now()
      const { timesMs } = await service.backtest({ symbol: SYMBOL, candles, strategy, costs: COSTS })
      return { ms: performance.now() - begin, windows: timesMs.length }
    }
    const first = await run(o.candles)
    const second = await run(o.candles.slice(1))
    const { uses } = service.engineInfo
    await service.dispose()
    return { firstMs: first.ms, secondMs: second.ms, windows: second.windows, uses }
  },
}

export type BenchApp = typeof app

Object.assign(globalThis, { app })
