import { afterEach, describe, expect, it, vi } from 'vitest'
import { momentFamilies } from '../../../sdk/feature/family/moment/families.ts'
import { transformFamilies } from '../../../sdk/feature/family/transform/families.ts'
import { registerFeature } from '../../../sdk/feature/register-feature.ts'
import { findFamily } from '../../../sdk/feature/registry.ts'
import { resolveFeature } from '../../../sdk/feature/resolve-feature.ts'
import { knowFeatures } from '../../../worker/know-features.ts'

// as in the packaged worker, which comes without the special families and loads them as a part
vi.mock('../../../sdk/feature/family/special-families.ts', () => ({ SPECIAL_FAMILIES: [] }))
const load = vi.fn(async () => ({ SPECIAL_FAMILIES: transformFamilies }))
vi.mock('../../../worker/parts.ts', () => ({ loadSpecialFeatures: () => load() }))

afterEach(() => load.mockClear())

describe('the packaged worker', () => {
  it('loads special families when a bundle names one, and not before', async () => {
    await knowFeatures(['body'])
    expect(load).not.toHaveBeenCalled()
    await knowFeatures(['body', 'lag(body,3)'])
    expect(resolveFeature('lag(body,3)').family).toBe(findFamily('lag'))
  })

  it('lets no family of an app take the place of a special one', async () => {
    const { name } = momentFamilies[0]
    load.mockResolvedValueOnce({ SPECIAL_FAMILIES: momentFamilies })
    registerFeature({ ...findFamily('body'), name, examples: [name] })
    await knowFeatures([name])
    expect(() => resolveFeature(name)).toThrow(expect.objectContaining({ code: 'DUPLICATE_FAMILY' }))
  })
})
