import { appendFileSync } from 'node:fs'
import { mkdir, readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { BundleFiles } from '../../sdk/bundle/bundle.ts'
import { ConfigError } from '../../sdk/errors.ts'
import { parseConfig } from '../config/load-config.ts'
import type { RunConfig } from '../config/run-config.ts'
import { writeFileAtomically } from './write-file-atomically.ts'

/** One line of metrics.jsonl. */
export type MetricsRecord = Readonly<Record<string, string | number | boolean | null>>

/**
 * `runs/<id>/`: everything one run read and wrote. `config.json` (complete, with the seed), `data.json` (what the data
 * were, with their hash), `metrics.jsonl`, checkpoints, `report.html`, `report.md`, `bundle/<name>/<version>/…`.
 */
export interface RunDirectory {
  readonly id: string
  readonly path: string
  readonly config: RunConfig
  /** Path of a file of this run. */
  file(...names: string[]): string
  write(name: string, content: string | Uint8Array): Promise<void>
  writeJson(name: string, value: unknown): Promise<void>
  /** Undefined when the run has no such file (yet). */
  readJson<T>(name: string): Promise<T | undefined>
  /** Appends one line; lines of an interrupted write are skipped when read. */
  logMetrics(record: MetricsRecord): void
  readMetrics(): Promise<MetricsRecord[]>
  /** Where the bundle stands: `bundle/<name>/<version>`. */
  readonly bundlePath: string
  writeBundle(files: BundleFiles): Promise<void>
}

const CONFIG_FILE = 'config.json'
const METRICS_FILE = 'metrics.jsonl'

const twoDigits = (n: number) => String(n).padStart(2, '0')

/** `20240131-070503-quickstart`: sorts by time (UTC). */
function runId(name: string, time: Date): string {
  const day = `${time.getUTCFullYear()}${twoDigits(time.getUTCMonth() + 1)}${twoDigits(time.getUTCDate())}`
  const clock = [time.getUTCHours(), time.getUTCMinutes(), time.getUTCSeconds()].map(twoDigits).join('')
  return `${day}-${clock}-${name}`
}

/** Makes a new folder under `root` (default `runs`) and writes the config into it. */
export async function createRun(config: RunConfig, root = 'runs', now = new Date()): Promise<RunDirectory> {
  await mkdir(root, { recursive: true })
  const base = runId(config.name, now)
  for (let attempt = 1; ; attempt++) {
    const id = attempt === 1 ? base : `${base}-${attempt}`
    try {
      await mkdir(join(root, id))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
      continue
    }
    const run = describeRun(root, id, config)
    await run.writeJson(CONFIG_FILE, config)
    return run
  }
}

/**
 * Opens an existing run: by id, by path, or the newest one with `latest`.
 * @throws ConfigError `RUN_NOT_FOUND`, and what `parseConfig` throws
 */
export async function openRun(idOrLatest: string, root = 'runs'): Promise<RunDirectory> {
  const known = await listRuns(root)
  const id =
    idOrLatest === 'latest'
      ? known.at(-1)
      : known.find(run => run === idOrLatest || join(root, run) === join(idOrLatest))
  if (id === undefined) {
    const listed = known.length > 0 ? `Known runs: ${known.slice(-5).join(', ')}.` : 'There are no runs yet.'
    throw new ConfigError('RUN_NOT_FOUND', `No run "${idOrLatest}" in ${root}/. ${listed}`, { run: idOrLatest, root })
  }
  const file = join(root, id, CONFIG_FILE)
  return describeRun(root, id, parseConfig(JSON.parse(await readFile(file, 'utf8')), file))
}

/** Ids of the runs under `root` that have a config, oldest first. */
export async function listRuns(root = 'runs'): Promise<string[]> {
  const names = await readdir(root).catch(() => [])
  const found = await Promise.all(
    names.map(async name => ((await exists(join(root, name, CONFIG_FILE))) ? [name] : [])),
  )
  return found.flat().sort()
}

const exists = (path: string) =>
  stat(path).then(
    () => true,
    () => false,
  )

function describeRun(root: string, id: string, config: RunConfig): RunDirectory {
  const path = join(root, id)
  const file = (...names: string[]) => join(path, ...names)
  const bundlePath = file('bundle', config.name, config.version)
  const write = (name: string, content: string | Uint8Array) => writeFileAtomically(file(name), content)
  return {
    id,
    path,
    config,
    file,
    write,
    writeJson: (name, value) => write(name, `${JSON.stringify(value, null, 2)}\n`),
    async readJson<T>(name: string) {
      return (await exists(file(name))) ? (JSON.parse(await readFile(file(name), 'utf8')) as T) : undefined
    },
    logMetrics: record => appendFileSync(file(METRICS_FILE), `${JSON.stringify(record)}\n`),
    async readMetrics() {
      const text = await readFile(file(METRICS_FILE), 'utf8').catch(() => '')
      return text.split('\n').flatMap(parseLine)
    },
    bundlePath,
    async writeBundle(files) {
      // The manifest last: a folder with a manifest is a whole bundle.
      const names = [...files.keys()].sort((a, b) => Number(a === 'manifest.json') - Number(b === 'manifest.json'))
      for (const name of names) await writeFileAtomically(join(bundlePath, name), files.get(name) as Uint8Array)
    },
  }
}

function parseLine(line: string): MetricsRecord[] {
  try {
    return line ? [JSON.parse(line) as MetricsRecord] : []
  } catch {
    return []
  }
}
