import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openParquetStore } from '../../../../../trainer/data/store/parquet-store.ts'
import { candles, HOURLY, hours } from '../../../../fixtures/market-pages.ts'

const page = { table: candles(0, 3, 1), complete: hours(0, 3) }

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'edgequant-folder-'))
})
afterEach(() => rm(folder, { recursive: true }))

describe('the folder of a market store', () => {
  it('is not taken over where it holds other things', async () => {
    await writeFile(join(folder, 'thesis.doc'), '')
    await expect(openParquetStore(folder)).rejects.toMatchObject({ name: 'StoreError', code: 'NOT_A_STORE' })
    await expect(openParquetStore(folder)).rejects.toThrow(/"thesis\.doc" and no store\.json.*Name an empty folder/)
    expect(await readdir(folder)).toEqual(['thesis.doc'])
  })

  it('may hold what the system puts into every folder', async () => {
    await writeFile(join(folder, '.DS_Store'), '')
    await mkdir(join(folder, 'lost+found'))
    const store = await openParquetStore(folder)
    await store.write(HOURLY, page)
    expect((await store.list()).length).toBe(1)
    await store.close()
  })

  it('is refused, with both formats and the remedy, when a newer program made it', async () => {
    await writeFile(join(folder, 'store.json'), '{"format":2}')
    await expect(openParquetStore(folder)).rejects.toMatchObject({ code: 'STORE_TOO_NEW' })
    await expect(openParquetStore(folder)).rejects.toThrow(/has format 2; this program reads up to 1\. Update/)
  })

  it.each(['', '{"format', '[]', 'null', '{"format":"1"}', '{"format":0}', '{"version":1}'])(
    'is refused when its description is %j',
    async text => {
      await writeFile(join(folder, 'store.json'), text)
      await expect(openParquetStore(folder)).rejects.toMatchObject({ code: 'NOT_A_STORE' })
      await expect(openParquetStore(folder)).rejects.toThrow(/store\.json .*Restore it from a backup/)
    },
  )

  it('is looked at again before the first write: another program may have come first', async () => {
    const store = await openParquetStore(folder)
    await writeFile(join(folder, 'store.json'), '{"format":2}')
    await expect(store.write(HOURLY, page)).rejects.toMatchObject({ code: 'STORE_TOO_NEW' })
    expect(await readdir(folder)).toEqual(['store.json'])
  })

  it('is cleared of what killed writers left, but not of what others are writing', async () => {
    const first = await openParquetStore(folder)
    await first.write(HOURLY, page)
    const series = join(folder, 'exchange=binance', 'symbol=BTC%2FUSDT', 'kind=candle', 'timeframe=1h')
    const left = [
      'part-0000000000090334-f4793ba4.parquet.0123abcd.tmp',
      'part-0000000000090334-00000000.parquet.89abcdef.tmp',
    ]
    for (const name of left) await writeFile(join(series, name), 'PAR1 half a file')
    const twoHoursAgo = new Date(Date.now() - 2 * 3_600_000)
    await utimes(join(series, left[0]), twoHoursAgo, twoHoursAgo)

    const second = await openParquetStore(folder)
    expect((await second.read(HOURLY)).length).toBe(3)
    expect((await readdir(series)).length).toBe(3)
    await second.write(HOURLY, page)
    expect((await readdir(series)).filter(name => name.endsWith('.tmp'))).toEqual([left[1]])
    expect(await second.list()).toMatchObject([{ rows: 3, damaged: [] }])
  })
})
