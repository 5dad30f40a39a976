import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Manifest } from '../../sdk/bundle/manifest.ts'

const repository = resolve(import.meta.dirname, '../..')
const text = (path: string) => readFileSync(resolve(repository, path), 'utf8')
const readme = text('README.md')

describe('the README', () => {
  it('shows the example that is type-checked with the tests', () => {
    expect(readme).toContain(`\`\`\`ts\n${text('test/fixtures/readme-example.ts')}\`\`\``)
  })

  it('names every verb of the trainer', () => {
    const verbs = [...text('trainer/command/main.ts').matchAll(/(\w+)Command\(\),/g)].map(([, verb]) => verb)
    expect(verbs.length).toBeGreaterThan(0)
    expect(verbs.filter(verb => !new RegExp(`^\\|.*\`${verb}\``, 'm').test(readme))).toEqual([])
  })

  it('quotes the evaluation of the bundle that ships', () => {
    const [folder] = readme.match(/models\/bundles\/[\w./-]+(?=\/MODEL_CARD)/) ?? []
    const { evaluation } = JSON.parse(text(`${folder}/manifest.json`)) as Pick<Manifest, 'evaluation'>
    const span = (baseline: 'pinballUnconditional' | 'pinballEwma') => {
      const gains = evaluation.horizons.map(h => 100 * (1 - h.pinball / h[baseline]))
      return `${Math.min(...gains).toFixed(1)} % to ${Math.max(...gains).toFixed(1)} %`
    }
    const words = readme.replace(/\s+/g, ' ')
    expect(words).toContain(`${span('pinballUnconditional')} below the unconditional quantiles`)
    expect(words).toContain(`${span('pinballEwma')} below EWMA volatility`)
  })

  it('links to files that are there', () => {
    const linked = [...readme.matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map(([, path]) => path)
    expect(linked.filter(path => !existsSync(resolve(repository, path)))).toEqual([])
  })
})
