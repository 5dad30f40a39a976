import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { autocovariances, independentShare } from '../../../../trainer/report/features/statistics/autocorrelation.ts'
import {
  alikeTogether,
  correlatedGroups,
  rankCorrelations,
} from '../../../../trainer/report/features/statistics/correlation.ts'
import { histogramOf, quantileOf, sortedPresent } from '../../../../trainer/report/features/statistics/distribution.ts'
import { kolmogorovP, measureDrift, stabilityIndex } from '../../../../trainer/report/features/statistics/drift.ts'
import {
  levelStatistic,
  schwertLags,
  testStationarity,
} from '../../../../trainer/report/features/statistics/stationarity.ts'
import { unitRootTest } from '../../../../trainer/report/features/statistics/unit-root.ts'

/** Flow of the Nile at Aswan, 1871–1970: Cobb (1978), The Problem of the Nile, Biometrika 65. */
const NILE = Float64Array.from(
  `1120 1160 963 1210 1160 1160 813 1230 1370 1140 995 935 1110 994 1020 960 1180 799 958 1140 1100 1210 1150 1250 1260
  1220 1030 1100 774 840 874 694 940 833 701 916 692 1020 1050 969 831 726 456 824 702 1120 1100 832 764 821 768 845 864
  862 698 845 744 796 1040 759 781 865 845 944 984 897 822 1010 771 676 649 846 812 742 801 1040 860 874 848 890 744 749
  838 1050 918 986 797 923 975 815 1020 906 901 1170 912 746 919 718 714 740`.split(/\s+/),
  Number,
)

/** Park and Miller's generator: the same values in the Python that the expectations come from. */
function uniforms(count: number, seed: number): Float64Array {
  let state = seed
  return new Float64Array(count).map(() => {
    state = (state * 48271) % 2147483647
    return state / 2147483647 - 0.5
  })
}

function autoregression(coefficient: number): Float64Array {
  const noise = uniforms(2000, 7)
  const x = new Float64Array(noise.length)
  for (let t = coefficient === 1 ? 0 : 1; t < x.length; t++) x[t] = coefficient * (x[t - 1] ?? 0) + noise[t]
  return x
}

const tenths = (x: Float64Array) => x.map(value => Math.round(value * 10) / 10)

describe('stationarity', () => {
  it("has tseries' KPSS statistic of the Nile with four lags (R 4.6: 0.9654349078)", () => {
    expect(levelStatistic(NILE, autocovariances(NILE, 4), 4)).toBeCloseTo(0.9654349078, 9)
  })

  // numpy.linalg.lstsq; with a trend, the same lines give R's adf.test(Nile), −3.3657139144
  it.each([
    ['the Nile, 4 lags', NILE, 4, -2.781958122322512],
    ['the Nile, 1 lag', NILE, 1, -4.048705096914361],
    ['an autoregression, 25 lags', autoregression(0.95), 25, -6.323305699133327],
    ['a random walk, 25 lags', autoregression(1), 25, -1.517622784560222],
  ])('has the Dickey–Fuller statistic of least squares: %s', (_, values, lags, expected) => {
    expect(unitRootTest(values, lags)?.statistic).toBeCloseTo(expected, 8)
  })

  it("has MacKinnon's critical value at 5 %: −2.86 for long series, −2.89 for a hundred values", () => {
    // Fuller (1976), table 8.5.2: −2.89 for n = 100, −2.86 for n = ∞
    expect(unitRootTest(NILE, 0)?.critical).toBeCloseTo(-2.89, 2)
    expect(unitRootTest(autoregression(0.95), 25)?.critical).toBeCloseTo(-2.863, 3)
  })

  it.each([
    ['stationary', autoregression(0.95)],
    ['unit root', autoregression(1)],
    ['shifting', autoregression(0.5).map((value, t) => value + (t > 1000 ? 0.2 : 0))],
  ])('says %s of a series that is', (verdict, values) => {
    const covariances = autocovariances(values, schwertLags(values.length))
    expect(testStationarity(values, covariances)?.verdict).toBe(verdict)
  })

  it('says nothing of a constant, a sine or a few values', () => {
    const sine = Float64Array.from({ length: 2000 }, (_, t) => Math.sin((2 * Math.PI * t) / 24))
    for (const values of [new Float64Array(2000), sine, NILE.subarray(0, 50)]) {
      expect(testStationarity(values, autocovariances(values, 25))).toBeNull()
    }
  })
})

describe('autocorrelation', () => {
  it('is that of numpy', () => {
    const covariances = autocovariances(autoregression(0.95), 24)
    expect(covariances[0]).toBeCloseTo(0.7661969083352974, 10)
    expect(covariances[1]).toBeCloseTo(0.7236517818014361, 10)
    expect(covariances[24]).toBeCloseTo(0.1785013613284123, 10)
  })

  it('makes a value of an autoregression worth (1 − ρ) / (1 + ρ) independent ones', () => {
    const correlations = Float64Array.from({ length: 400 }, (_, lag) => 0.9 ** lag)
    expect(independentShare(correlations)).toBeCloseTo(0.1 / 1.9, 6)
  })
})

describe('drift', () => {
  const effective = { earlier: 300, later: 200 }
  const a = sortedPresent(tenths(uniforms(300, 3).map(value => value * 2)))
  const b = sortedPresent(tenths(uniforms(200, 5).map(value => value * 3 + 0.3)))

  it("is scipy's Kolmogorov–Smirnov and Wasserstein distance, with equal values", () => {
    const drift = measureDrift(a, b, effective)
    expect(drift.ks).toBeCloseTo(0.33, 12)
    expect((drift.wasserstein ?? 0) * 0.5693563617512908).toBeCloseTo(0.4083333333333333, 10)
  })

  it.each([
    [0.1, 100, 0.25622118507010405],
    [0.136, 100, 0.044886509575881764],
    [0.05, 400, 0.26333388238031297],
    [0.001, 100, 1],
  ])('has the probability of a distance of %s in %i values', (distance, n, expected) => {
    expect(kolmogorovP(distance, n)).toBeCloseTo(expected, 9)
  })

  it('is computed by hand: a decile that takes in another tenth', () => {
    // deciles 10 … 90 of 1 … 100; in the other period the first tenth has moved to the last
    const earlier = Float64Array.from({ length: 100 }, (_, i) => i + 1)
    const later = Float64Array.from({ length: 100 }, (_, i) => (i < 90 ? i + 11 : 100))
    const expected = (0.0001 - 0.1) * Math.log(0.0001 / 0.1) + (0.2 - 0.1) * Math.log(0.2 / 0.1)
    expect(stabilityIndex(earlier, later)).toBeCloseTo(expected, 10)
  })

  it('is none between a period and itself, and as large for a flag that turns', () => {
    expect(measureDrift(a, a, effective)).toEqual({ psi: 0, ks: 0, ksP: 1, wasserstein: 0, medianShift: 0 })
    const [off, on] = [new Float64Array(100), new Float64Array(100).fill(1)]
    expect(measureDrift(off, on, effective)).toMatchObject({ ks: 1, wasserstein: null, medianShift: null })
    expect(stabilityIndex(off, on)).toBeGreaterThan(1)
  })

  it('is never negative or infinite', () => {
    const values = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 60 })
    fc.assert(
      fc.property(values, values, (x, y) => {
        const { psi, ks, ksP } = measureDrift(sortedPresent(x), sortedPresent(y), effective)
        expect(psi).toBeGreaterThanOrEqual(0)
        expect(psi).toBeLessThan(100)
        expect(ks).toBeGreaterThanOrEqual(0)
        expect(ks).toBeLessThanOrEqual(1)
        expect(ksP).toBeGreaterThanOrEqual(0)
        expect(ksP).toBeLessThanOrEqual(1)
      }),
    )
  })
})

describe('correlation', () => {
  const a = tenths(uniforms(300, 3).map(value => value * 2)).subarray(0, 200)
  const b = tenths(uniforms(200, 5).map(value => value * 3 + 0.3))

  it("is scipy's rank correlation, with equal values", () => {
    const [[, rho]] = rankCorrelations([a, b.map((value, i) => value + a[i])])
    expect(rho).toBeCloseTo(0.6024032934234512, 12)
  })

  it('is 1 for whatever rises together, however; a constant has none', () => {
    const matrix = rankCorrelations([a, a.map(Math.exp), a.map(value => -(value ** 3)), new Float64Array(200)])
    expect(matrix[0][1]).toBeCloseTo(1, 12)
    expect(matrix[0][2]).toBeCloseTo(-1, 12)
    expect(matrix[0][3]).toBeNaN()
  })

  it('passes over what is missing', () => {
    const holes = a.map((value, i) => (i % 3 === 0 ? Number.NaN : value))
    expect(rankCorrelations([a, holes])[0][1]).toBeCloseTo(1, 2)
  })

  it('groups what hangs together, and sets it side by side', () => {
    const matrix = rankCorrelations([a, b, a.map(Math.exp), b.map(value => -value), a.map(value => value * 2)])
    expect(correlatedGroups(matrix, 0.95)).toEqual([
      [0, 2, 4],
      [1, 3],
    ])
    expect(alikeTogether(matrix)).toEqual([0, 2, 4, 1, 3])
  })
})

describe('distribution', () => {
  it('has quantiles between the nearest values, and leaves out what is missing', () => {
    const sorted = sortedPresent([3, Number.NaN, 1, 2, 4])
    expect(Array.from(sorted)).toEqual([1, 2, 3, 4])
    expect(quantileOf(sorted, 0.5)).toBe(2.5)
    expect(quantileOf(sorted, 0.9)).toBeCloseTo(3.7, 12)
  })

  it('counts what lies outside a histogram in its outer bins', () => {
    expect(histogramOf([-5, 0.1, 0.6, 0.7, 9], { low: 0, high: 1, count: 2 })).toEqual([0.4, 0.6000000000000001])
  })
})
