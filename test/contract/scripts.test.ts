import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

const { scripts } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))

describe('the npm scripts', () => {
  it('run the trainer in node itself: the tsx command kills a child that needs a second to save its checkpoint', () => {
    for (const name of ['start', 'trainer']) {
      expect(scripts[name]).toMatch(/^node --import tsx trainer\/command\/main\.ts/)
    }
  })
})
