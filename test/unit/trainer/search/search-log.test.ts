import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { TrialLog, trialsPath } from '../../../../trainer/search/search-log.ts'

describe('the log of trials', () => {
  let folder: string
  let path: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'edgequant-trials-'))
    path = trialsPath(join(folder, 'deeper', 'features.json'))
  })
  afterEach(() => rm(folder, { recursive: true, force: true }))

  it('lies beside the feature set', () => {
    expect(path).toBe(join(folder, 'deeper', 'features.trials.jsonl'))
  })

  it('adds up what all searches tried', async () => {
    const ranked = {
      feature: 'body',
      step: 'ranked',
      place: 1,
      news: 0.1,
      direction: 0.1,
      size: 0.1,
      chance: 0.01,
    } as const
    for (const before of [0, 2]) {
      const log = new TrialLog(path)
      expect(await log.triedBefore()).toBe(before)
      await log.begin({ seed: before })
      await log.add({ feature: 'wick', step: 'left out', reason: 'never changes' })
      await log.add(ranked)
      await log.add({ ...ranked, place: null, news: null })
    }
    const lines = (await readFile(path, 'utf8')).trim().split('\n')
    expect(lines.map(line => JSON.parse(line).step)).toEqual([
      ...['began', 'left out', 'ranked', 'ranked'],
      ...['began', 'left out', 'ranked', 'ranked'],
    ])
    expect(JSON.parse(lines[2])).toEqual(ranked)
  })
})
