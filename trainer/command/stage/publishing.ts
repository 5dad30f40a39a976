import { publishCandles } from '../../registry/publish-candles.ts'
import { rememberedCandles } from '../../train/feature-set.ts'
import type { RunContext } from '../run-context.ts'

/** Some weeks before the test, so that the first forecast shown has a past to look at. */
const PAST_CANDLES = 720

/** Puts what the demo may show beside the bundle, with all that its first forecast depends on. */
export function publishTestCandles({ run, data, dataset }: RunContext): Promise<void> {
  return publishCandles(run, {
    files: data.files,
    simulated: data.simulated,
    exchange: data.exchange,
    testStartMs: dataset.split.test.startTimeMs,
    warmupCandles: Math.max(PAST_CANDLES, rememberedCandles(dataset.featureSet, dataset)),
  })
}
