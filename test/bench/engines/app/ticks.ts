import type { Row, Table } from '../../report.ts'
import { figure, median, quantile } from '../../statistics.ts'
import type { BuiltApp } from './build-app.ts'
import { BUNDLES, tickThrough } from './drive.ts'

const HOW = {
  follow: 'follow: push(candle) → gate',
  predict: 'predictPrice(candles) → gate: a whole forward pass',
} as const

/** From a new candle on the page to its gated signal there: messages, features, network, calibration and gate. */
export async function measureTicks(
  app: BuiltApp,
  o: { readonly ticks: number; readonly warmUp: number },
): Promise<{ rows: Row[]; table: Table }> {
  const rows: Row[] = []
  const lines: string[][] = []
  for (const bundle of BUNDLES) {
    for (const how of ['follow', 'predict'] as const) {
      const times = await tickThrough(app, bundle, { engine: 'wasm' }, { how, ...o })
      const [p50, p99] = [median(times), quantile(times, 0.99)]
      const id = `app.${bundle}.${how}`
      rows.push({ id: `${id}.p50Ms`, value: p50, unit: 'ms', note: `${times.length} ticks` })
      rows.push({ id: `${id}.p99Ms`, value: p99, unit: 'ms' })
      if (bundle === 'reference' && how === 'follow') {
        const note = 'reference student in a worker, wasm, service.follow: push → gate'
        rows.unshift(
          { id: 'tick.p50Ms', value: p50, unit: 'ms', note },
          { id: 'tick.p99Ms', value: p99, unit: 'ms', note },
        )
      }
      lines.push([`${bundle}, ${HOW[how]}`, figure(p50), figure(p99)])
    }
  }
  return {
    rows,
    table: {
      title: 'Tick → gated signal, in Chromium, engine wasm in a worker',
      header: ['', 'p50 ms', 'p99'],
      rows: lines,
    },
  }
}
