import { networkParameters, parameterCount } from '../../models/blocks.ts'
import { buildNetwork } from '../../models/network.ts'
import { BUNDLE_FILES } from './bundle.ts'
import type { Manifest } from './manifest.ts'

/** One thing wrong with a manifest. */
export interface ManifestIssue {
  /** Dotted, e.g. `features.3.scaler.mean`. */
  readonly path: string
  readonly value: unknown
  readonly expected: string
}

/** What the schema cannot say: that the parts of a manifest agree with each other. Empty when they do. */
export function findContradictions(manifest: Manifest): ManifestIssue[] {
  const issues: ManifestIssue[] = []
  const expect = (holds: boolean, path: string, value: unknown, expected: string): void => {
    if (!holds) issues.push({ path, value, expected })
  }
  const { network, horizons, quantiles, symbols, features, calibration, gate, evaluation, files } = manifest
  const H = horizons.length
  const Q = quantiles.length

  const count = (path: string, value: number, actual: number, of: string): void =>
    expect(value === actual, path, value, `${actual}, the number of ${of}`)
  count('network.horizons', network.horizons, H, 'horizons')
  count('network.quantiles', network.quantiles, Q, 'quantiles')
  count('network.symbols', network.symbols, symbols.length, 'symbols')
  for (const kind of ['observed', 'known'] as const) {
    count(`network.${kind}`, network[kind], features.filter(f => f.kind === kind).length, `${kind} features`)
  }

  expect(isAscending(horizons), 'horizons', horizons, 'ascending numbers, each once')
  expect(isAscending(quantiles), 'quantiles', quantiles, 'ascending numbers, each once')
  expect(areUnique(symbols), 'symbols', symbols, 'each symbol once')
  const names = features.map(f => f.name)
  expect(areUnique(names), 'features', names, 'each feature once')
  const kinds = features.map(f => f.kind)
  expect(
    kinds.lastIndexOf('observed') < kindIndex(kinds, 'known'),
    'features',
    kinds,
    'observed features, then known ones',
  )

  checkNetwork('network', network, expect)
  if (manifest.teacher) checkNetwork('teacher.network', manifest.teacher.network, expect)
  if (network.kind === 'mlp' || network.head === 'monotone') {
    expect(quantiles[(Q - 1) / 2] === 0.5, 'quantiles', quantiles, 'an odd number of levels with 0.5 in the middle')
  } else expect(quantiles.includes(0.5), 'quantiles', quantiles, '0.5 among the levels')

  expect(
    calibration.offsets.length === H && calibration.offsets.every(row => row.length === Q),
    'calibration.offsets',
    calibration.offsets,
    `${H} rows (horizons) of ${Q} (quantiles)`,
  )
  expect(gate.usualWidths.length === H, 'gate.usualWidths', gate.usualWidths, `${H} widths, one per horizon`)
  const scored = evaluation.horizons.map(score => score.horizonCandles)
  expect(
    scored.length === 0 || `${scored}` === `${horizons}`,
    'evaluation.horizons',
    scored,
    `scores for the horizons ${horizons.join(', ')}, or none before the model is evaluated`,
  )
  evaluation.horizons.forEach(({ coverage }, h) => {
    expect(coverage.length === Q, `evaluation.horizons.${h}.coverage`, coverage, `${Q} shares, one per quantile`)
  })
  const periods = { calibration, training: manifest.training, evaluation }
  for (const [path, { period }] of Object.entries(periods)) {
    expect(period.startTimeMs <= period.endTimeMs, `${path}.period`, period, 'a start that is not after the end')
  }

  for (const file of [BUNDLE_FILES.weights, manifest.golden.file]) {
    expect(Object.hasOwn(files, file), `files.${file}`, undefined, 'its SHA-256 and size')
  }
  expect(
    !Object.hasOwn(files, BUNDLE_FILES.manifest),
    `files.${BUNDLE_FILES.manifest}`,
    files[BUNDLE_FILES.manifest],
    'only the other files',
  )

  // A network that contradicts itself has no parameters to compare with.
  if (issues.length === 0) checkParameters(manifest, expect)
  return issues
}

type Expect = (holds: boolean, path: string, value: unknown, expected: string) => void

function checkNetwork(path: string, network: Manifest['network'], expect: Expect): void {
  const { horizons, shapeMobility } = network
  if (network.kind === 'tft') {
    const { hidden, heads } = network
    expect(hidden % heads === 0, `${path}.heads`, heads, `a divisor of hidden (${hidden})`)
  }
  expect(
    shapeMobility === undefined || shapeMobility.length === horizons,
    `${path}.shapeMobility`,
    shapeMobility,
    `${horizons} factors, one per horizon`,
  )
}

function checkParameters({ network: spec, parameters, quantisation }: Manifest, expect: Expect): void {
  const network = buildNetwork(spec)
  const actual = parameterCount(network)
  expect(parameters === actual, 'parameters', parameters, `${actual}, as the network has`)

  const kept = [...quantisation.int8, ...quantisation.float32]
  const known = networkParameters(network)
  const missing = known.filter(p => !kept.includes(p.name)).map(p => p.name)
  const unknown = kept.filter(name => !known.some(p => p.name === name))
  expect(missing.length === 0, 'quantisation', missing, 'every parameter of the network; these are missing')
  expect(unknown.length === 0, 'quantisation', unknown, 'parameters of the network only; these are none')
  expect(areUnique(kept), 'quantisation', kept, 'each parameter once')
  const vectors = known.filter(p => p.shape.length < 2 && quantisation.int8.includes(p.name)).map(p => p.name)
  expect(vectors.length === 0, 'quantisation.int8', vectors, 'parameters with an input and an output axis')
}

const isAscending = (values: readonly number[]) => values.every((value, i) => i === 0 || value > values[i - 1])
const areUnique = (values: readonly string[]) => new Set(values).size === values.length
const kindIndex = (kinds: readonly string[], kind: string) => {
  const index = kinds.indexOf(kind)
  return index < 0 ? kinds.length : index
}
