import type { Candle } from '../../../../sdk/candle/candle.ts'
import { benchCandles } from '../recorded-series.ts'
import type { BuiltApp } from './build-app.ts'
import type { AppRequest, BenchApp, TickRequest } from './page.ts'

/** More than any bundle needs before its first forecast. */
const HISTORY_CANDLES = 400

export const BUNDLES = ['reference', 'shipped'] as const
export type BundleName = (typeof BUNDLES)[number]

export type AppChoice = Pick<AppRequest, 'engine' | 'backend'>

const newest = (candles: number): readonly Candle[] => benchCandles().candles.slice(-candles)

const requestOf = (bundle: BundleName, choice: AppChoice, candles: number): AppRequest => ({
  bundle: `/${bundle}/`,
  candles: newest(candles),
  ...choice,
})

/** Starts the service in a page of its own and forecasts once. */
export async function startOnce(app: BuiltApp, bundle: BundleName, choice: AppChoice): ReturnType<BenchApp['start']> {
  const page = await app.open()
  try {
    return await page.evaluate(
      o => (globalThis as unknown as { app: BenchApp }).app.start(o),
      requestOf(bundle, choice, HISTORY_CANDLES),
    )
  } finally {
    await page.close()
  }
}

/** Backtests all candles there are. */
export async function backtestAll(
  app: BuiltApp,
  bundle: BundleName,
  choice: AppChoice,
): ReturnType<BenchApp['backtest']> {
  const page = await app.open()
  try {
    return await page.evaluate(
      o => (globalThis as unknown as { app: BenchApp }).app.backtest(o),
      requestOf(bundle, choice, benchCandles().candles.length),
    )
  } finally {
    await page.close()
  }
}

export interface Ticks {
  readonly how: 'follow' | 'predict'
  readonly ticks: number
  readonly warmUp: number
}

/** Milliseconds from each candle to its gated signal. */
export async function tickThrough(
  app: BuiltApp,
  bundle: BundleName,
  choice: AppChoice,
  { how, ticks, warmUp }: Ticks,
): Promise<number[]> {
  const page = await app.open()
  try {
    const request: TickRequest = { ...requestOf(bundle, choice, HISTORY_CANDLES + ticks), ticks, warmUp }
    return await page.evaluate(o => (globalThis as unknown as { app: BenchApp }).app[o.how](o.request), {
      how,
      request,
    })
  } finally {
    await page.close()
  }
}
