import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { parseConfig } from '../../../../trainer/config/load-config.ts'
import { createRun, listRuns, openRun } from '../../../../trainer/registry/run-directory.ts'
import { writeFileAtomically } from '../../../../trainer/registry/write-file-atomically.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'edgequant-runs-'))
})
afterEach(() => rm(folder, { recursive: true }))

const config = parseConfig({ name: 'tiny', data: { source: 'simulate' } }, 'test')

describe('writeFileAtomically', () => {
  it('makes the folders it needs and leaves no temporary file', async () => {
    const file = join(folder, 'a', 'b', 'x.txt')
    await writeFileAtomically(file, 'hello')
    expect(await readFile(file, 'utf8')).toBe('hello')
    expect(await readdir(join(folder, 'a', 'b'))).toEqual(['x.txt'])
  })

  it('leaves what is there, and nothing half-written, when the file cannot be put in place', async () => {
    await mkdir(join(folder, 'x', 'inside'), { recursive: true })
    await expect(writeFileAtomically(join(folder, 'x'), 'new')).rejects.toThrow(/EISDIR|EPERM|ENOTEMPTY/)
    expect(await readdir(folder)).toEqual(['x'])
    expect(await readdir(join(folder, 'x'))).toEqual(['inside'])
  })

  it('never shows a reader a part of the content', async () => {
    const file = join(folder, 'x.txt')
    const contents = ['a', 'b', 'c'].map(letter => letter.repeat(200_000))
    await writeFileAtomically(file, contents[0])
    let writing = true
    const writes = (async () => {
      for (let i = 0; i < 20; i++) await writeFileAtomically(file, contents[i % 3])
      writing = false
    })()
    while (writing) expect(contents).toContain(await readFile(file, 'utf8'))
    await writes
  })
})

describe('a run directory', () => {
  it('holds the whole config, so that the run can be opened again', async () => {
    const run = await createRun(config, folder, new Date('2024-05-06T07:08:09Z'))
    expect(run.id).toBe('20240506-070809-tiny')
    expect((await openRun(run.id, folder)).config).toEqual(config)
    expect((await openRun(run.path, folder)).id).toBe(run.id)
    expect(run.bundlePath).toBe(join(run.path, 'bundle', 'tiny', '1.0.0'))
  })

  it('gets another id when two runs start in the same second', async () => {
    const now = new Date('2024-05-06T07:08:09Z')
    const ids = [await createRun(config, folder, now), await createRun(config, folder, now)].map(run => run.id)
    expect(ids).toEqual(['20240506-070809-tiny', '20240506-070809-tiny-2'])
  })

  it('is found by "latest"', async () => {
    await createRun(config, folder, new Date('2024-05-06T07:08:09Z'))
    const newest = await createRun({ ...config, name: 'a-later-one' }, folder, new Date('2024-06-01T00:00:00Z'))
    expect((await openRun('latest', folder)).id).toBe(newest.id)
    expect(await listRuns(folder)).toHaveLength(2)
  })

  it('that does not exist is refused with the names of those that do', async () => {
    await createRun(config, folder, new Date('2024-05-06T07:08:09Z'))
    await expect(openRun('nope', folder)).rejects.toMatchObject({
      code: 'RUN_NOT_FOUND',
      message: expect.stringContaining('20240506-070809-tiny'),
    })
    await expect(openRun('latest', join(folder, 'empty'))).rejects.toMatchObject({ code: 'RUN_NOT_FOUND' })
  })

  it('skips a metrics line that an interruption cut short', async () => {
    const run = await createRun(config, folder)
    run.logMetrics({ kind: 'timing', stage: 'data', seconds: 1 })
    await writeFile(run.file('metrics.jsonl'), `${await readFile(run.file('metrics.jsonl'), 'utf8')}{"kind":"tim`)
    expect(await run.readMetrics()).toEqual([{ kind: 'timing', stage: 'data', seconds: 1 }])
  })

  it('writes the manifest of a bundle after every other file', async () => {
    const run = await createRun(config, folder)
    const order: string[] = []
    const files = new Map(
      ['manifest.json', 'weights.safetensors', 'MODEL_CARD.md'].map(name => [name, new Uint8Array([1])] as const),
    )
    const observed = {
      keys: () => files.keys(),
      get: (name: string) => {
        order.push(name)
        return files.get(name)
      },
    }
    await run.writeBundle(observed as unknown as typeof files)
    expect(order.at(-1)).toBe('manifest.json')
    expect((await readdir(run.bundlePath)).sort()).toEqual([...files.keys()].sort())
  })
})
