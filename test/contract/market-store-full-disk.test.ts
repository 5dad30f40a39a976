import { spawnSync } from 'node:child_process'
import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openParquetStore } from '../../trainer/data/store/parquet-store.ts'
import { candles, HOURLY, hours } from '../fixtures/market-pages.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const SCRIPT = join(ROOT, 'test/fixtures/store-on-full-disk.ts')
const DISK_KB = 400
const BALLAST_BYTES = 200_000

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'edgequant-full-'))
})
afterEach(() => rm(folder, { recursive: true }))

/** Runs a shell script in a mount namespace of its own, where it may mount disks that nobody else sees. */
const inNamespace = (script: string, args: readonly string[]) =>
  spawnSync('unshare', ['-rm', 'sh', '-ec', script, 'sh', ...args], { cwd: ROOT, encoding: 'utf8' })

const canMount = inNamespace('mount -t tmpfs -o size=100k tmpfs "$1"', [tmpdir()]).status === 0
if (!canMount)
  console.warn('SKIPPED: market store on a full disk: this system lets no test mount one (unshare -rm, tmpfs).')

describe.skipIf(!canMount)('a market store on a disk that fills up', () => {
  it('refuses a page with its path and the remedy, keeps the others, and goes on when there is room', {
    timeout: 120_000,
  }, () => {
    const script = 'mount -t tmpfs -o size="$2"k tmpfs "$1"; exec "$3" --import tsx "$4" "$1" "$5"'
    const args = [folder, String(DISK_KB), process.execPath, SCRIPT, String(BALLAST_BYTES)]
    const { status, stdout, stderr } = inNamespace(script, args)
    expect(stderr).toBe('')
    expect(status).toBe(0)
    const { rowsPerPage, finished, refused, whenFull, later } = JSON.parse(stdout)
    expect(refused).toMatchObject({ name: 'StoreError', code: 'WRITE_FAILED' })
    expect(refused.message).toMatch(/store\/exchange=binance\/.*part-.*: \d+ bytes could not be written \(ENOSPC/)
    expect(refused.message).toContain('The disk is full: make room')
    expect(finished).toBeGreaterThan(2)
    expect(whenFull).toEqual({ rows: finished * rowsPerPage, complete: [hours(0, finished * rowsPerPage)] })
    expect(later).toEqual({ rows: (finished + 1) * rowsPerPage, complete: [hours(0, (finished + 1) * rowsPerPage)] })
  })

  it('says so where the disk is mounted read-only', { timeout: 60_000 }, () => {
    const script = 'mount -t tmpfs tmpfs "$1"; mount -o remount,ro "$1"; exec "$2" --import tsx -e "$3" "$1"'
    const program = [
      "const { openParquetStore } = await import('./trainer/data/store/parquet-store.ts')",
      "const { candles, HOURLY } = await import('./test/fixtures/market-pages.ts')",
      'const store = await openParquetStore(process.argv.at(-1))',
      'await store.write(HOURLY, { table: candles(0, 1, 1), complete: null }).catch(e => console.log(e.code, e.message))',
    ].join('\n')
    const { stdout } = inNamespace(script, [folder, process.execPath, program])
    expect(stdout).toMatch(/^WRITE_FAILED .*store\.json: \d+ bytes could not be written \(EROFS.*mount it for writing/)
  })
})

describe('a market store that may not write', () => {
  const page = { table: candles(0, 3, 1), complete: hours(0, 3) }

  it('names the file in the way; what was stored stays readable', async () => {
    const store = await openParquetStore(folder)
    await store.write(HOURLY, page)
    await writeFile(join(folder, 'exchange=bybit'), 'in the way')
    const write = store.write({ ...HOURLY, exchange: 'bybit' }, page)
    await expect(write).rejects.toMatchObject({ name: 'StoreError', code: 'WRITE_FAILED' })
    await expect(write).rejects.toThrow(/exchange=bybit.*A file is where a folder is needed/)
    expect((await store.read(HOURLY)).length).toBe(3)
    expect(await store.list()).toHaveLength(1)
    await store.close()
  })

  const isRoot = process.getuid?.() === 0
  if (isRoot) console.warn('SKIPPED: market store without permission: root may write everywhere.')

  it.skipIf(isRoot)('names the folder that it may not write in', async () => {
    const store = await openParquetStore(folder)
    await store.write(HOURLY, page)
    const [file] = (await readdir(folder, { recursive: true })).filter(name => name.endsWith('.parquet'))
    const series = dirname(join(folder, file))
    await chmod(series, 0o500)
    await expect(store.write(HOURLY, page)).rejects.toThrow(/You may not write in .*timeframe=1h/)
    await chmod(series, 0o700)
    expect((await store.read(HOURLY)).length).toBe(3)
    await store.close()
  })

  it('is refused at once where the folder is a file, or holds something else', async () => {
    await writeFile(join(folder, 'notes.txt'), 'mine')
    await expect(openParquetStore(folder)).rejects.toMatchObject({ code: 'NOT_A_STORE' })
    await expect(openParquetStore(join(folder, 'notes.txt'))).rejects.toThrow(
      /notes\.txt.*cannot be read as a folder \(ENOTDIR/,
    )
    await mkdir(join(folder, 'empty'))
    await (await openParquetStore(join(folder, 'empty'))).close()
    expect(await readdir(join(folder, 'empty'))).toEqual([])
  })
})
