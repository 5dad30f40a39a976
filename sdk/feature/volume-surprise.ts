import { ln } from '../portable-math.ts'
import type { ObservedFeature } from './feature.ts'
import { rollingMean } from './rolling.ts'

/** A week of hourly candles: it holds every hour of the week once, so the weekly pattern averages out. */
const USUAL_CANDLES = 168

/** How unusual the volume is against the last 168 candles, this one among them. */
export const volumeSurprise: ObservedFeature = {
  kind: 'observed',
  name: 'volumeSurprise',
  unit: 'log ratio',
  formula: `ln(1 + volume[t]) − mean(ln(1 + volume), ${USUAL_CANDLES})`,
  warmupCandles: USUAL_CANDLES - 1,
  compute({ volume }, { firstCandle }, out) {
    const logVolume = volume.map(v => ln(1 + v))
    const usual = rollingMean(logVolume, { window: USUAL_CANDLES, firstCandle })
    for (let t = USUAL_CANDLES - 1; t < out.length; t++) out[t] = logVolume[t] - usual[t]
  },
}
