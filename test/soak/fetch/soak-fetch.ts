import type { FaultName } from '../../fixtures/exchange/faults.ts'
import { bundleFetchProcess } from './bundle-process.ts'
import { type SoakRun, soakRun } from './soak-run.ts'

const RUNS = 200
/** Most of a run is waiting: for answers that never come, and for the exchange's rate limit. */
const AT_ONCE = 2
const REPORT_EVERY = 10

/**
 * Whether a year of hourly candles of five symbols, and of funding of one, is exact in the store after every run, see
 * `soakRun`.
 * `[runs] [--seed first]`.
 *
 * @returns Whether it was.
 */
export async function soakFetch(args: readonly string[]): Promise<boolean> {
  const seedAt = args.indexOf('--seed')
  const firstSeed = seedAt < 0 ? 1 : wholeNumber(args[seedAt + 1], '--seed')
  const count = args[0] === undefined || seedAt === 0 ? RUNS : wholeNumber(args[0], 'runs')
  const startedMs = performance.now()
  const { runs, failures } = await soakRuns(firstSeed, count, done => {
    if (done % REPORT_EVERY === 0 || done === count) {
      const seconds = (performance.now() - startedMs) / 1000
      console.log(`${String(done).padStart(4)} of ${count} runs, ${seconds.toFixed(0)} s`)
    }
  })
  for (const { seed, error } of failures) {
    console.log(`Seed ${seed}: ${error instanceof Error ? (error.stack ?? error.message) : error}`)
    console.log(`  again: npm run soak -- fetch 1 --seed ${seed}`)
  }
  console.log(report(runs))
  console.log(`${runs.length} runs were exact, ${failures.length} were not.`)
  return failures.length === 0
}

export async function soakRuns(
  firstSeed: number,
  count: number,
  onDone: (done: number) => void = () => {},
): Promise<{ runs: SoakRun[]; failures: { seed: number; error: unknown }[] }> {
  const script = await bundleFetchProcess()
  const runs: SoakRun[] = []
  const failures: { seed: number; error: unknown }[] = []
  let next = firstSeed
  const runNext = async (): Promise<void> => {
    while (next < firstSeed + count) {
      const seed = next++
      await soakRun(seed, script.path).then(
        run => runs.push(run),
        (error: unknown) => failures.push({ seed, error }),
      )
      onDone(runs.length + failures.length)
    }
  }
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, runNext))
  } finally {
    await script.dispose()
  }
  return { runs, failures }
}

/** What happened in all runs together. */
function report(runs: readonly SoakRun[]): string {
  const sum = (of: (run: SoakRun) => number): string =>
    runs.reduce((total, run) => total + of(run), 0).toLocaleString('en')
  const names = Object.keys(runs[0]?.faults ?? {}) as FaultName[]
  return [
    `rows ${sum(run => run.rows)}`,
    `requests ${sum(run => run.requests)}`,
    `kills ${sum(run => run.kills)}, in ${runs.filter(run => run.kills > 0).length} runs`,
    ...['binance', 'bybit'].map(id => `${id} ${runs.filter(run => run.exchange === id).length} runs`),
    ...names.map(name => `${name} ${sum(run => run.faults[name])}`),
    'assumed: an exchange hides a row at most twice in a row; the client asks three times, and then believes it',
  ].join('\n')
}

function wholeNumber(text: string | undefined, name: string): number {
  const value = Number(text)
  if (Number.isInteger(value) && value > 0) return value
  throw new Error(`${name} is "${text}"; expected a whole number above 0, as in: npm run soak -- fetch 200 --seed 1`)
}
