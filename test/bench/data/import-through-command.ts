import { execFile } from 'node:child_process'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'

const REPOSITORY = resolve(import.meta.dirname, '../../..')

/** Seconds that `trainer import` takes, from start to end of its process. */
export async function importThroughCommand(source: string, store: string): Promise<number> {
  const argv = ['--import', 'tsx', join('trainer', 'command', 'main.ts'), 'import', source, '--store', store]
  const start = performance.now()
  await promisify(execFile)(process.execPath, argv, { cwd: REPOSITORY })
  return (performance.now() - start) / 1000
}
