import { TIMEFRAMES, type Timeframe } from '../../../sdk/units.ts'

/** A timeframe that the pipeline knows, or null. */
export const asTimeframe = (text: string): Timeframe | null =>
  Object.hasOwn(TIMEFRAMES, text) ? (text as Timeframe) : null

/** The timeframe of this length, or null. */
export const timeframeOfMs = (lengthMs: number): Timeframe | null =>
  (Object.keys(TIMEFRAMES) as Timeframe[]).find(timeframe => TIMEFRAMES[timeframe] === lengthMs) ?? null
