import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { MarketStore } from '../../../../../trainer/data/market-store.ts'
import { openParquetStore } from '../../../../../trainer/data/store/parquet-store.ts'
import { candles, HOURLY, hours, rowsOf } from '../../../../fixtures/market-pages.ts'

const ETH = { ...HOURLY, symbol: 'ETH/USDT' }

let folder: string
let store: MarketStore
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'edgequant-damaged-'))
  store = await openParquetStore(folder)
  await store.write(HOURLY, { table: candles(0, 100, 1), complete: hours(0, 100) })
  await store.write(HOURLY, { table: candles(100, 200, 2), complete: hours(100, 200) })
  await store.write(ETH, { table: candles(0, 50, 3), complete: hours(0, 50) })
})
afterEach(async () => {
  await store.close()
  await rm(folder, { recursive: true })
})

const filesOf = async (part: string, of = 'symbol=BTC%2FUSDT'): Promise<string[]> =>
  (await readdir(folder, { recursive: true }))
    .filter(name => name.includes(of) && name.includes(part))
    .sort()
    .map(name => join(folder, name))

const flipped = (bytes: Uint8Array, at: number): Uint8Array => bytes.map((byte, i) => (i === at ? byte ^ 0x10 : byte))

describe('a damaged part', () => {
  it.each<[string, (bytes: Uint8Array) => Uint8Array]>([
    ['cut short', bytes => bytes.subarray(0, bytes.length - 100)],
    ['empty', () => new Uint8Array(0)],
    ['three bytes long', () => Uint8Array.of(80, 65, 82)],
    ['garbage', bytes => bytes.map((_, i) => (i * 89) & 255)],
    ['without its description', bytes => flipped(bytes, bytes.length - 40)],
    ['altered in one bit of a price', bytes => flipped(bytes, Math.floor(bytes.length / 3))],
  ])('is an error that names the file and the remedy when it is %s', async (_name, damage) => {
    const [, path] = await filesOf('part-')
    await writeFile(path, damage(await readFile(path)))
    for (const opened of [store, await openParquetStore(folder)]) {
      const read = opened.read(HOURLY)
      await expect(read).rejects.toMatchObject({ name: 'StoreError', code: 'CORRUPT_PART', details: { path } })
      await expect(read).rejects.toThrow(`${path} is damaged`)
      await expect(read).rejects.toThrow('delete it: the times that it held are then missing again')
    }
  })

  it('is noticed after it has been read whole before', async () => {
    const [path] = await filesOf('part-')
    expect((await store.read(HOURLY)).length).toBe(200)
    await writeFile(path, (await readFile(path)).subarray(0, 500))
    await expect(store.read(HOURLY)).rejects.toMatchObject({ code: 'CORRUPT_PART' })
  })

  it('leaves other series, and the list, which names it', async () => {
    const [, path] = await filesOf('part-')
    await writeFile(path, 'garbage')
    expect((await store.read(ETH)).length).toBe(50)
    const [btc, eth] = await store.list()
    expect(btc).toMatchObject({ rows: 100, complete: [hours(0, 100)], damaged: [path] })
    expect(eth).toMatchObject({ rows: 50, damaged: [] })
    await expect(store.complete(HOURLY)).rejects.toMatchObject({ code: 'CORRUPT_PART' })
  })

  it('is mended by deleting it and writing its times again', async () => {
    const [, path] = await filesOf('part-')
    await writeFile(path, 'garbage')
    await rm(path)
    expect(await store.complete(HOURLY)).toEqual([hours(0, 100)])
    await store.write(HOURLY, { table: candles(100, 200, 2), complete: hours(100, 200) })
    const expected = [...rowsOf(candles(0, 100, 1)), ...rowsOf(candles(100, 200, 2))]
    expect(rowsOf(await store.read(HOURLY))).toEqual(expected)
  })

  it('is never merged into another, and stops no write', async () => {
    const [, path] = await filesOf('part-')
    const bytes = await readFile(path)
    await writeFile(path, flipped(bytes, Math.floor(bytes.length / 3)))
    for (let i = 0; i < 12; i++) await store.write(HOURLY, { table: candles(200 + i, 201 + i, 1), complete: null })
    expect(await filesOf('part-')).toContain(path)
    await expect(store.read(HOURLY)).rejects.toMatchObject({ code: 'CORRUPT_PART', details: { path } })
    await writeFile(path, bytes)
    expect((await store.read(HOURLY)).length).toBe(212)
  })

  it('is an error in repairs, too, and the rows as they came can still be read', async () => {
    const { lastWrite } = await store.read(HOURLY)
    await store.writeRepairs(HOURLY, { rows: candles(3, 4, 9), reasons: ['gap'], dropped: [] }, lastWrite)
    const [path] = await filesOf('repairs-')
    await writeFile(path, 'garbage')
    await expect(store.read(HOURLY)).rejects.toMatchObject({ code: 'CORRUPT_PART', details: { path } })
    expect((await store.read(HOURLY, { raw: true })).length).toBe(200)
    expect(await store.list()).toMatchObject([{ rows: 200, repairs: 0, damaged: [path] }, {}])
  })

  it('is an error in the log, too', async () => {
    await store.appendLog([
      { atMs: 1, key: HOURLY, what: 'gap', severity: 'info', range: null, rows: 0, text: '', action: 'noted' },
    ])
    const [path] = await filesOf('log-', '')
    await writeFile(path, (await readFile(path)).subarray(0, 20))
    await expect(store.readLog()).rejects.toMatchObject({ code: 'CORRUPT_PART', details: { path } })
  })
})
