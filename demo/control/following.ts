import type { Candle, Forecast, ForecastStream, PredictionService } from 'edgequant'

interface Followed {
  readonly service: PredictionService
  readonly stream: ForecastStream
  readonly candles: readonly Candle[]
  /** Of the newest candle. */
  index: number
}

/** Forecasts through one stream while candles come one after the other, as they do live; else it follows anew. */
export class Following {
  #followed: Followed | null = null

  /** At the close of candle `index` of a symbol's candles. */
  async forecastAt(
    service: PredictionService,
    symbol: string,
    candles: readonly Candle[],
    index: number,
    nowMs: number,
  ): Promise<Forecast> {
    const followed = this.#followed
    const isNext = followed?.service === service && followed.candles === candles && followed.index + 1 === index
    try {
      if (isNext) {
        followed.index = index
        return await followed.stream.push(candles[index], { nowMs })
      }
      followed?.stream.close()
      const history = candles.slice(Math.max(0, index + 1 - service.candlesRemembered), index + 1)
      const stream = service.follow({ symbol, candles: history, nowMs })
      this.#followed = { service, stream, candles, index }
      return await stream.forecast
    } catch (error) {
      this.#followed = null
      throw error
    }
  }
}
