import { describe, expect, it } from 'vitest'
import { DEFAULT_FEATURES } from '../../../../sdk/feature/default-features.ts'
import { FAMILIES } from '../../../../sdk/feature/registry.ts'
import { resolveFeature } from '../../../../sdk/feature/resolve-feature.ts'
import { generateCandidates } from '../../../../trainer/search/candidates.ts'

const generate = (seed: number, max = 400, isUsable: (name: string) => boolean = () => true) =>
  generateCandidates(FAMILIES, { baseline: DEFAULT_FEATURES, max, seed, isUsable })

describe('candidates', () => {
  it('are as many as were asked for, each once and none of them in the baseline', () => {
    const names = generate(1)
    expect(names).toHaveLength(400)
    expect(new Set([...names, ...DEFAULT_FEATURES]).size).toBe(400 + DEFAULT_FEATURES.length)
  })

  it('are written as the registry writes them', () => {
    for (const name of generate(2, 3_000)) expect(resolveFeature(name).name).toBe(name)
  })

  it('are the same for the same seed and others for another', () => {
    expect(generate(3)).toEqual(generate(3))
    expect(generate(3)).not.toEqual(generate(4))
  })

  it('are registered features by half, and transforms of one and of two', () => {
    const names = generate(5)
    const isTransform = (name: string) => resolveFeature(name).family.group === 'transform'
    expect(names.filter(isTransform).length).toBeGreaterThanOrEqual(200)
    expect(names.some(name => /^(difference|product|ratio)\(/.test(name))).toBe(true)
    expect(names.some(name => !isTransform(name))).toBe(true)
  })

  it('are made of what is usable alone', () => {
    const names = generate(6, 200, name => !name.includes('parkinson'))
    expect(names.filter(name => name.includes('parkinson'))).toEqual([])
  })
})
