import { describe, expect, it } from 'vitest'
import { FORMAT_VERSION, type Manifest } from '../../../../sdk/bundle/manifest.ts'
import { parseManifest } from '../../../../sdk/bundle/parse-manifest.ts'
import { BundleError } from '../../../../sdk/errors.ts'
import { tinyManifest } from '../../../fixtures/tiny-bundle.ts'

const listed = { sha256: 'a'.repeat(64), bytes: 1 }
const valid = (): Manifest => ({
  ...tinyManifest(),
  files: { 'weights.safetensors': listed, 'golden.safetensors': listed },
})

function failure(json: unknown): BundleError {
  try {
    parseManifest(json, 'x/manifest.json')
  } catch (error) {
    if (error instanceof BundleError) return error
    throw error
  }
  throw new Error('It was accepted.')
}
const issuesOf = (json: unknown) => failure(json).details.issues as { path: string; value: unknown; expected: string }[]

describe('parseManifest', () => {
  it('returns a valid manifest unchanged', () => {
    expect(parseManifest(valid(), 'x')).toEqual(valid())
  })

  it.each([
    [2, 'Update the edgequant package'],
    [0, 'Export the bundle again'],
  ])('tells format version %i apart from every other fault, whatever else is in the file', (formatVersion, remedy) => {
    const error = failure({ formatVersion, anything: 'else' })
    expect(error.code).toBe('FORMAT_VERSION')
    expect(error.details).toMatchObject({ found: formatVersion, supported: FORMAT_VERSION })
    expect(error.message).toContain(`version ${formatVersion}`)
    expect(error.message).toContain(`reads ${FORMAT_VERSION}`)
    expect(error.message).toContain(remedy)
  })

  it('names every path that is wrong, with its value and what was expected', () => {
    const manifest = { ...valid(), name: 'Not Kebab', horizons: [1, 'six'], extra: 1 }
    const error = failure(manifest)
    expect(error.code).toBe('INVALID_MANIFEST')
    expect(issuesOf(manifest)).toEqual(
      expect.arrayContaining([
        { path: 'name', value: 'Not Kebab', expected: 'lower-case letters, digits and hyphens' },
        { path: 'horizons.1', value: 'six', expected: 'number' },
        { path: 'extra', value: 1, expected: 'no such key' },
      ]),
    )
    for (const said of ['x/manifest.json', 'name: "Not Kebab"', 'horizons.1: "six"', 'extra: 1']) {
      expect(error.message).toContain(said)
    }
  })

  it.each([
    ['null', null],
    ['a list', []],
    ['a text', 'manifest'],
    ['an empty object', {}],
  ])('refuses %s', (_, json) => {
    expect(failure(json).code).toBe('INVALID_MANIFEST')
  })

  it('refuses a missing key by its path', () => {
    const { symbols: _, ...rest } = valid()
    expect(issuesOf(rest)).toEqual([expect.objectContaining({ path: 'symbols', value: undefined })])
  })

  it.each<[string, string, (m: Manifest) => unknown]>([
    ['horizons that the network has not', 'network.horizons', m => (m.network.horizons = 3)],
    ['quantiles that the network has not', 'network.quantiles', m => (m.network.quantiles = 5)],
    ['symbols that the network has not', 'network.symbols', m => m.symbols.push('SOL/USDT')],
    ['observed features that the network has not', 'network.observed', m => (m.network.observed = 1)],
    ['known features that the network has not', 'network.known', m => m.features.pop()],
    ['heads that do not divide hidden', 'network.heads', m => Object.assign(m.network, { heads: 3 })],
    ['descending horizons', 'horizons', m => m.horizons.reverse()],
    ['a quantile twice', 'quantiles', m => (m.quantiles = [0.1, 0.5, 0.5])],
    ['no median in the middle of a monotone head', 'quantiles', m => (m.quantiles = [0.1, 0.4, 0.9])],
    ['a symbol twice', 'symbols', m => (m.symbols = ['A', 'A'])],
    ['a feature twice', 'features', m => (m.features[1]!.name = m.features[0]!.name)],
    ['known features before observed ones', 'features', m => m.features.reverse()],
    ['offsets for other quantiles', 'calibration.offsets', m => m.calibration.offsets[0]!.pop()],
    ['widths for other horizons', 'gate.usualWidths', m => m.gate.usualWidths.pop()],
    [
      'a period that ends before it starts',
      'training.period',
      m => (m.training.period = { startTimeMs: 2, endTimeMs: 1 }),
    ],
    ['weights without a hash', 'files.weights.safetensors', m => delete m.files['weights.safetensors']],
    ['golden windows without a hash', 'files.other.safetensors', m => (m.golden.file = 'other.safetensors')],
    ['a hash of itself', 'files.manifest.json', m => (m.files['manifest.json'] = listed)],
    ['a file outside the bundle', 'files.../secret', m => (m.files['../secret'] = listed)],
    ['another count of parameters', 'parameters', m => m.parameters++],
    ['a parameter that is stored in no way', 'quantisation', m => m.quantisation.float32.pop()],
    [
      'a parameter that is stored in two ways',
      'quantisation',
      m => m.quantisation.float32.push(m.quantisation.int8[0]!),
    ],
    ['a parameter of another network', 'quantisation', m => m.quantisation.int8.push('other.w')],
    [
      'a vector as int8',
      'quantisation.int8',
      m =>
        void m.quantisation.int8.push(
          m.quantisation.float32.splice(m.quantisation.float32.indexOf('encoder.b'), 1)[0]!,
        ),
    ],
  ])('refuses %s', (_, path, breakIt) => {
    const manifest = structuredClone(valid())
    breakIt(manifest)
    expect(issuesOf(manifest).map(issue => issue.path)).toContain(path)
  })

  it('accepts scores only for the horizons it has', () => {
    const score = {
      horizonCandles: 1,
      pinball: 1,
      pinballUnconditional: 1,
      pinballEwma: 1,
      coverage: [0.1, 0.5, 0.9],
      rows: 9,
    }
    const scored = (...horizons: number[]) => ({
      ...valid(),
      evaluation: { ...valid().evaluation, horizons: horizons.map(h => ({ ...score, horizonCandles: h })) },
    })
    expect(parseManifest(scored(1, 6), 'x').evaluation.horizons).toHaveLength(2)
    expect(issuesOf(scored(1))[0]).toMatchObject({ path: 'evaluation.horizons', value: [1] })
    expect(issuesOf(scored(1, 7))[0]).toMatchObject({ path: 'evaluation.horizons', value: [1, 7] })
  })
})
