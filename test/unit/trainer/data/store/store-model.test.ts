import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type TimeRange, unionRanges } from '../../../../../sdk/candle/time-ranges.ts'
import type { DataKind } from '../../../../../trainer/data/kind.ts'
import type { MarketStore, Repairs, SeriesKey, StoredTable } from '../../../../../trainer/data/market-store.ts'
import { partsToMerge } from '../../../../../trainer/data/store/compaction.ts'
import { openParquetStore } from '../../../../../trainer/data/store/parquet-store.ts'
import type { Part } from '../../../../../trainer/data/store/part.ts'
import { queryStore } from '../../../../../trainer/data/store/query-store.ts'
import { HOURLY, hour, hours, type Row, rowOf, rowsOf, tableOf } from '../../../../fixtures/market-pages.ts'

const HOURS = 30

interface Page {
  readonly at: readonly { readonly hour: number; readonly id: string }[]
  readonly complete: readonly [number, number] | null
  /** Whether the files that this write removes, some of them, come back: what a kill before removing them leaves. */
  readonly killed: 'not' | 'before removing' | 'while removing'
  readonly byAnother: boolean
  /** With so many rows more that it is merged with others of its size only, not with those written just before and after. */
  readonly large: boolean
  /** What is judged before this write, and repaired after it. */
  readonly repairs: { readonly mended: readonly number[]; readonly dropped: readonly number[] } | null
}

const LARGE_ROWS = 1700

const hourOfDay = fc.nat(HOURS - 1)
const page: fc.Arbitrary<Page> = fc.record({
  at: fc.array(fc.record({ hour: hourOfDay, id: fc.constantFrom('a', 'b', 'B', 'é', '𝔸') }), { maxLength: 6 }),
  complete: fc.option(fc.tuple(hourOfDay, hourOfDay)),
  killed: fc.constantFrom('not', 'not', 'before removing', 'while removing'),
  byAnother: fc.boolean(),
  large: fc.integer({ min: 0, max: 5 }).map(n => n === 0),
  repairs: fc.option(
    fc.record({
      mended: fc.uniqueArray(hourOfDay, { maxLength: 5 }),
      dropped: fc.uniqueArray(hourOfDay, { maxLength: 3 }),
    }),
    { freq: 4 },
  ),
})

const REASON = 'gap'

const timeOf = (row: Row) => (row.openTimeMs ?? row.timeMs) as number

/** What any store must do, as plainly as it can be said. */
class Model {
  private readonly rows = new Map<string, Row>()
  private readonly complete: TimeRange[] = []
  private repairs: { readonly mended: readonly Row[]; readonly dropped: readonly number[] } = {
    mended: [],
    dropped: [],
  }
  /** Keys and times of rows that were written since the rows that repairs are of were judged. */
  private readonly newer = new Set<string | number>()

  constructor(private readonly kind: DataKind) {}

  write(rows: readonly Row[], complete: TimeRange | null): void {
    for (const row of rows) {
      this.rows.set(this.keyOf(row), row)
      this.newer.add(this.keyOf(row)).add(timeOf(row))
    }
    if (complete !== null) this.complete.push(complete)
  }

  /** Before the write that is made while they are judged. */
  repair(mended: readonly Row[], dropped: readonly number[]): void {
    this.repairs = { mended, dropped }
    this.newer.clear()
  }

  private keyOf(row: Row): string {
    return this.kind === 'candle' ? String(row.openTimeMs) : `${row.timeMs} ${row.id}`
  }

  private sorted(rows: Iterable<Row>): Row[] {
    const id = (row: Row) => Buffer.from(String(row.id ?? ''))
    return [...rows].sort((a, b) => timeOf(a) - timeOf(b) || Buffer.compare(id(a), id(b)))
  }

  raw(): Row[] {
    return this.sorted(this.rows.values())
  }

  /** Repaired; each row says so. */
  read(): (Row & { readonly repaired: string })[] {
    const { mended, dropped } = this.repairs
    const used = new Map<string, Row & { readonly repaired: string }>()
    for (const [key, row] of this.rows) {
      if (this.newer.has(key) || !dropped.includes(timeOf(row))) used.set(key, { ...row, repaired: '' })
    }
    for (const row of mended) {
      if (!this.newer.has(this.keyOf(row))) used.set(this.keyOf(row), { ...row, repaired: REASON })
    }
    return this.sorted(used.values()) as (Row & { readonly repaired: string })[]
  }

  repairsThatHold(): number {
    const { mended, dropped } = this.repairs
    return [...mended.map(row => this.keyOf(row)), ...dropped].filter(place => !this.newer.has(place)).length
  }

  completeRanges(): TimeRange[] {
    return unionRanges(this.complete)
  }
}

const keys: Record<'candle' | 'trade', SeriesKey> = {
  candle: HOURLY,
  trade: { ...HOURLY, kind: 'trade', timeframe: null },
}

describe('a market store', () => {
  it.each(['candle', 'trade'] as const)(
    'is a map from keys to the newest rows, with repairs of those that are no newer, whatever comes in which order and whenever merging is killed: %s',
    { timeout: 240_000 },
    async kind => {
      await fc.assert(
        fc.asyncProperty(fc.array(page, { minLength: 8, maxLength: 30 }), async pages => {
          const folder = await mkdtemp(join(tmpdir(), 'edgequant-model-'))
          const stores = [await openParquetStore(folder), await openParquetStore(folder)]
          const model = new Model(kind)
          try {
            for (const [value, written] of pages.entries()) {
              const rows = written.at.map(({ hour: h, id }) => rowOf(kind, hour(h), { value, id }))
              if (written.large) rows.push(...manyRows(kind, value))
              const complete = written.complete && hours(...written.complete)
              const store = stores[Number(written.byAnother)]
              const { lastWrite } = await store.read(keys[kind], { raw: true, range: hours(0, 0) })
              await asIfKilled(folder, written.killed, () =>
                store.write(keys[kind], { table: tableOf(kind, rows), complete }),
              )
              if (written.repairs !== null && lastWrite > 0) {
                const mended = written.repairs.mended.map(h => rowOf(kind, hour(h), { value: -value, id: 'a' }))
                const dropped = written.repairs.dropped.map(hour)
                await stores[value % 2].writeRepairs(keys[kind], repairsOf(kind, mended, dropped), lastWrite)
                model.repair(mended, dropped)
              }
              model.write(rows, complete)
            }
            for (const store of stores) await expectSame(store, keys[kind], model)
            expect(await queried(folder, kind)).toEqual(model.read())
          } finally {
            for (const store of stores) await store.close()
            await rm(folder, { recursive: true })
          }
        }),
        // Shrinking would take minutes.
        { numRuns: 8, endOnFailure: true },
      )
    },
  )
})

const manyRows = (kind: DataKind, value: number): Row[] =>
  Array.from({ length: LARGE_ROWS }, (_, i) => rowOf(kind, hour(HOURS + i), { value }))

const repairsOf = (kind: DataKind, mended: readonly Row[], dropped: readonly number[]): Repairs => ({
  rows: tableOf(kind, mended),
  reasons: mended.map(() => REASON),
  dropped: dropped.map(timeMs => ({ timeMs, reason: REASON })),
})

/** Rows as a query gives them. */
async function queried(folder: string, kind: DataKind): Promise<Row[]> {
  const { columns, rows } = await queryStore(
    folder,
    `select * exclude (exchange, symbol, timeframe) from ${kind} order by all`,
  )
  const plain = (value: unknown) => (value instanceof Date ? value.getTime() : (value as number | string))
  return rows.map(row => Object.fromEntries(columns.map((name, i) => [name, plain(row[i])])))
}

/** Runs a write, then puts back files that it removed, and half of a file that it did not finish. */
async function asIfKilled(folder: string, killed: Page['killed'], write: () => Promise<unknown>): Promise<void> {
  if (killed === 'not') {
    await write()
    return
  }
  const copy = `${folder}.copy`
  await cp(folder, copy, { recursive: true })
  await write()
  const now = new Set(await partsIn(folder))
  const removed = (await partsIn(copy)).filter(name => !now.has(name))
  for (const name of killed === 'before removing' ? removed : removed.filter((_, i) => i % 2 === 1)) {
    await cp(join(copy, name), join(folder, name))
  }
  const [some] = removed
  if (some !== undefined) {
    const half = (await readFile(join(copy, some))).subarray(0, 100)
    await writeFile(join(dirname(join(folder, some)), 'part-9999999999999999-00000000.parquet.0123abcd.tmp'), half)
  }
  await rm(copy, { recursive: true })
}

const partsIn = async (folder: string): Promise<string[]> =>
  (await readdir(folder, { recursive: true })).filter(name => name.endsWith('.parquet')).sort()

async function expectSame(store: MarketStore, key: SeriesKey, model: Model): Promise<void> {
  const raw = model.raw()
  expect(rowsOf(await store.read(key, { raw: true }))).toEqual(raw)
  const expected = model.read()
  expect(usedRows(await store.read(key))).toEqual(expected)
  expect(await store.complete(key)).toEqual(model.completeRanges())
  const [summary] = await store.list()
  expect(summary?.rows ?? 0).toBe(raw.length)
  expect(summary?.repairs ?? 0).toBe(model.repairsThatHold())
  const range = hours(HOURS / 3, HOURS / 2)
  const within = (row: Row) => timeOf(row) >= range.fromMs && timeOf(row) < range.toMs
  expect(usedRows(await store.read(key, { range }))).toEqual(expected.filter(within))
}

const usedRows = (table: StoredTable): Row[] => rowsOf(table).map((row, i) => ({ ...row, repaired: table.repaired[i] }))

describe('partsToMerge', () => {
  const part = (rows: number, i: number) => ({ name: `${rows}-${i}`, rows }) as Part
  const parts = (count: number, rows: number) => Array.from({ length: count }, (_, i) => part(rows, i))

  it('waits for eight parts of about the same size', () => {
    expect(partsToMerge(parts(7, 1000), 6)).toEqual([])
    expect(partsToMerge(parts(8, 1000), 6)).toHaveLength(8)
    expect(partsToMerge([...parts(7, 1000), ...parts(7, 10_000)], 6)).toEqual([])
    expect(partsToMerge([...parts(9, 1000), ...parts(7, 10_000)], 6)).toEqual(parts(9, 1000))
  })

  it('leaves large parts alone', () => {
    expect(partsToMerge(parts(20, 200_000), 6)).toEqual([])
    expect(partsToMerge(parts(20, 30_000), 45)).toEqual([])
  })

  it('rewrites a page a logarithmic number of times and keeps parts few', () => {
    let now: Part[] = []
    let rewritten = 0
    for (let i = 0; i < 1000; i++) {
      now.push(part(1000, i))
      const merged = partsToMerge(now, 6)
      if (merged.length === 0) continue
      const rows = merged.reduce((sum, { rows: n }) => sum + n, 0)
      rewritten += rows
      now = [...now.filter(p => !merged.includes(p)), part(rows, i)]
    }
    expect(now.reduce((sum, { rows }) => sum + rows, 0)).toBe(1_000_000)
    expect(now.length).toBeLessThan(30)
    expect(rewritten / 1_000_000).toBeLessThan(3.1)
  })
})
