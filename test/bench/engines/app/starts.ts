import type { Row, Table } from '../../report.ts'
import { figure, median, quantile } from '../../statistics.ts'
import type { BuiltApp } from './build-app.ts'
import { type AppChoice, BUNDLES, startOnce } from './drive.ts'

const CHOICES: readonly AppChoice[] = [{ engine: 'wasm' }, { engine: 'tfjs', backend: 'wasm' }]

/** To the first forecast, from the worker's start and from the service's, in a fresh page each time, the bundle in IndexedDB. */
export async function measureStarts(app: BuiltApp, starts: number): Promise<{ rows: Row[]; table: Table }> {
  const rows: Row[] = []
  const lines: string[][] = []
  for (const bundle of BUNDLES) {
    for (const choice of CHOICES) {
      await startOnce(app, bundle, choice) // fills the cache
      const times: number[] = []
      const workerTimes: number[] = []
      for (let i = 0; i < starts; i++) {
        const { ms, workerMs, reusedFiles } = await startOnce(app, bundle, choice)
        if (reusedFiles === 0) throw new Error('The bundle was not cached: this would be another figure.')
        times.push(ms)
        workerTimes.push(workerMs)
      }
      const of = `app.${bundle}.${choice.engine}.start`
      rows.push({ id: `${of}.p50Ms`, value: median(times), unit: 'ms', note: `${starts} fresh pages` })
      if (bundle === 'reference' && choice.engine === 'wasm') {
        rows.unshift({
          id: 'coldStart.ms',
          value: median(workerTimes),
          unit: 'ms',
          note: `reference student, from the worker's start, ${starts} fresh pages`,
        })
      }
      lines.push([
        `${bundle}, ${choice.engine}`,
        ...[workerTimes, times].flatMap(ms => [figure(median(ms)), figure(quantile(ms, 0.9))]),
      ])
    }
  }
  return {
    rows,
    table: {
      title: 'First forecast, bundle cached',
      note: 'createPredictionService and predictPrice in a fresh page: golden windows run, the engine proven, features computed.',
      header: ['', 'from the worker’s start: p50 ms', 'p90', 'from createPredictionService: p50 ms', 'p90'],
      rows: lines,
    },
  }
}
