/** Computes features of a market candle by candle, and answers with how long each tick took. */
import { FeatureStream } from '../../../../sdk/feature/feature-stream.ts'
import { benchPanel, pushTicks, recipeProgram } from '../market.ts'

export interface TickRequest {
  readonly symbols: readonly string[]
  readonly warmUp: number
  readonly ticks: number
}

self.onmessage = (event: MessageEvent<TickRequest>) => {
  const { symbols, warmUp, ticks } = event.data
  const panel = benchPanel(symbols, warmUp + ticks)
  const stream = new FeatureStream(recipeProgram(symbols, symbols.length))
  pushTicks(stream, panel, 0, warmUp)
  const times: number[] = []
  for (let t = warmUp; t < warmUp + ticks; t++) {
    const start = performance.now()
    pushTicks(stream, panel, t, t + 1)
    times.push(performance.now() - start)
  }
  self.postMessage(times)
}
