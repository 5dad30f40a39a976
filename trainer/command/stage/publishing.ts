import { publishCandles } from '../../registry/publish-candles.ts'
import type { RunContext } from '../run-context.ts'

/** Some weeks before the test, so that the first forecast shown has its warm-up and a little past to look at. */
const WARMUP_CANDLES = 720

/** Puts what the demo may show beside the bundle. */
export function publishTestCandles({ run, data, dataset }: RunContext): Promise<void> {
  return publishCandles(run, {
    files: data.files,
    simulated: data.simulated,
    exchange: data.exchange,
    testStartMs: dataset.split.test.startTimeMs,
    warmupCandles: WARMUP_CANDLES,
  })
}
