import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type TimeRange, unionRanges } from '../../../../../sdk/candle/time-ranges.ts'
import type { DataKind } from '../../../../../trainer/data/kind.ts'
import type { MarketStore, SeriesKey } from '../../../../../trainer/data/market-store.ts'
import { partsToMerge } from '../../../../../trainer/data/store/compaction.ts'
import { openParquetStore } from '../../../../../trainer/data/store/parquet-store.ts'
import type { Part } from '../../../../../trainer/data/store/part.ts'
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
}

const LARGE_ROWS = 1700

const hourOfDay = fc.nat(HOURS - 1)
const page: fc.Arbitrary<Page> = fc.record({
  at: fc.array(fc.record({ hour: hourOfDay, id: fc.constantFrom('a', 'b', 'B', 'é', '𝔸') }), { maxLength: 6 }),
  complete: fc.option(fc.tuple(hourOfDay, hourOfDay)),
  killed: fc.constantFrom('not', 'not', 'before removing', 'while removing'),
  byAnother: fc.boolean(),
  large: fc.integer({ min: 0, max: 5 }).map(n => n === 0),
})

/** What any store must do, as plainly as it can be said. */
class Model {
  private readonly rows = new Map<string, Row>()
  private readonly complete: TimeRange[] = []

  constructor(private readonly kind: DataKind) {}

  write(rows: readonly Row[], complete: TimeRange | null): void {
    for (const row of rows) this.rows.set(this.keyOf(row), row)
    if (complete !== null) this.complete.push(complete)
  }

  private keyOf(row: Row): string {
    return this.kind === 'candle' ? String(row.openTimeMs) : `${row.timeMs} ${row.id}`
  }

  read(): Row[] {
    const time = (row: Row) => (row.openTimeMs ?? row.timeMs) as number
    const id = (row: Row) => Buffer.from(String(row.id ?? ''))
    return [...this.rows.values()].sort((a, b) => time(a) - time(b) || Buffer.compare(id(a), id(b)))
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
    'is a map from keys to the newest rows, whatever comes in which order and whenever merging is killed: %s',
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
              await asIfKilled(folder, written.killed, () =>
                store.write(keys[kind], { table: tableOf(kind, rows), complete }),
              )
              model.write(rows, complete)
            }
            for (const store of stores) await expectSame(store, keys[kind], model)
          } finally {
            for (const store of stores) await store.close()
            await rm(folder, { recursive: true })
          }
        }),
        // Shrinking would take minutes.
        { numRuns: 15, endOnFailure: true },
      )
    },
  )
})

const manyRows = (kind: DataKind, value: number): Row[] =>
  Array.from({ length: LARGE_ROWS }, (_, i) => rowOf(kind, hour(HOURS + i), { value }))

/** Runs a write, then puts back files that it removed, and half of a file that it did not finish. */
async function asIfKilled(folder: string, killed: Page['killed'], write: () => Promise<void>): Promise<void> {
  if (killed === 'not') return await write()
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
  const expected = model.read()
  expect(rowsOf(await store.read(key))).toEqual(expected)
  expect(await store.complete(key)).toEqual(model.completeRanges())
  const [summary] = await store.list()
  expect(summary?.rows ?? 0).toBe(expected.length)
  const range = hours(HOURS / 3, HOURS / 2)
  const within = ({ openTimeMs, timeMs }: Row) => {
    const time = (openTimeMs ?? timeMs) as number
    return time >= range.fromMs && time < range.toMs
  }
  expect(rowsOf(await store.read(key, { range }))).toEqual(expected.filter(within))
}

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
