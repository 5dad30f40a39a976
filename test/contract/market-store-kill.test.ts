import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as wait } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { MarketStore } from '../../trainer/data/market-store.ts'
import { openParquetStore } from '../../trainer/data/store/parquet-store.ts'
import { HOURLY, hour, hours } from '../fixtures/market-pages.ts'
import { writerPage } from '../fixtures/store-writer-pages.ts'

const ROOT = resolve(import.meta.dirname, '../..')

/** A process that dies where it stands, again and again. */
const KILLS = 20
/** Long enough to reach the merging of parts, short enough to die within it. */
const LONGEST_LIFE_MS = 150

let folder: string
let children: ChildProcess[]
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'edgequant-kill-'))
  children = []
})
afterEach(async () => {
  for (const child of children) child.kill('SIGKILL')
  await rm(folder, { recursive: true })
})

interface Writer {
  readonly child: ChildProcess
  /** The last page that it has said to be finished. */
  last(): number
  /** Settles at the first finished page. */
  readonly begun: Promise<void>
  readonly ended: Promise<void>
}

function startWriter(writer: number, firstPage: number): Writer {
  const script = join(ROOT, 'test/fixtures/store-writer.ts')
  const child = spawn(process.execPath, ['--import', 'tsx', script, folder, String(writer), String(firstPage)], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  children.push(child)
  let last = -1
  const lines = createInterface({ input: child.stdout })
  const begun = new Promise<void>((done, fail) => {
    lines.on('line', line => {
      last = Number(line)
      done()
    })
    child.once('exit', () => fail(new Error('The writer ended before its first page.')))
  })
  const ended = new Promise<void>(done => lines.once('close', done))
  return { child, last: () => last, begun, ended }
}

/** The hours that pages 0 … last hold, each with the value of the last page that has it. */
function expectedValues(lastPage: number): number[] {
  const values: number[] = []
  for (let page = 0; page <= lastPage; page++) {
    const { from, to, value } = writerPage(0, page)
    for (let h = from; h < to; h++) values[h] = value
  }
  return values
}

async function storedValues(store: MarketStore): Promise<number[]> {
  const { columns } = await store.read(HOURLY)
  const times = columns.openTimeMs as Float64Array
  expect([...times]).toEqual(Array.from(times, (_, i) => hour(i)))
  return [...(columns.open as Float64Array)].map(Math.floor)
}

describe('a market store whose writer is killed', () => {
  it(`has every finished page, whole, and no part of another, after each of ${KILLS} kills`, {
    timeout: 400_000,
  }, async () => {
    let nextPage = 0
    for (let kill = 0; kill < KILLS; kill++) {
      const writer = startWriter(0, nextPage)
      await writer.begun
      await wait(Math.random() * LONGEST_LIFE_MS)
      writer.child.kill('SIGKILL')
      await writer.ended
      const finished = writer.last()
      expect(finished).toBeGreaterThanOrEqual(nextPage)

      const store = await openParquetStore(folder)
      const values = await storedValues(store)
      // The page in flight may have come in, whole; its report was then lost.
      const inFlight = values.length === writerPage(0, finished + 1).to ? finished + 1 : finished
      expect(values).toEqual(expectedValues(inFlight))
      expect(await store.complete(HOURLY)).toEqual([hours(0, writerPage(0, inFlight).to)])
      expect(await store.list()).toMatchObject([{ rows: values.length, damaged: [] }])
      await store.close()
      nextPage = finished + 1
    }
    const files = await readdir(folder, { recursive: true })
    expect(files.filter(name => name.endsWith('.parquet')).length).toBeLessThan(60)
  })
})

describe('a market store with two writers of one series', () => {
  it('keeps the pages of both while a third process reads, merging or not', { timeout: 120_000 }, async () => {
    const writers = [startWriter(0, 0), startWriter(1, 0)]
    await Promise.all(writers.map(writer => writer.begun))
    const store = await openParquetStore(folder)
    let rows = 0
    while (writers.some(writer => writer.last() < 40)) {
      const { length } = await store.read(HOURLY)
      expect(length).toBeGreaterThanOrEqual(rows)
      rows = length
    }
    for (const { child } of writers) child.kill('SIGKILL')
    await Promise.all(writers.map(writer => writer.ended))

    const values = await storedValues(store)
    const last = Math.max(...writers.map(writer => writer.last()))
    expect(values.length).toBeGreaterThanOrEqual(writerPage(0, last).to)
    // Both wrote each page; a candle is that of the one or the other, in the page that was right.
    const expected = expectedValues(writers[0].last())
    const both = Math.min(...writers.map(writer => writer.last()))
    for (let h = 0; h < writerPage(0, both).from; h++) expect([expected[h], expected[h] + 1]).toContain(values[h])
    expect((await store.complete(HOURLY))[0].toMs).toBeGreaterThanOrEqual(hour(writerPage(0, last).to))
    await store.close()
  })
})
