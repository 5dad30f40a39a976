import { formatTimeMs } from '../../units.ts'
import type { Finding } from './finding.ts'
import { joinNeighbours, makeFinding, whichCandles } from './make-finding.ts'
import type { PreparedCandles } from './prepared-candles.ts'
import { overWindows, quantileOf, robustDeviation } from './robust-windows.ts'

/**
 * Robust z of a log return that is an outlier. Markets have fat tails: in the real files a z of 10 is passed in one hour of
 * 1,000, one of 20 in one of 9,000.
 */
const MIN_Z = 20

/**
 * A move this large that the next candle takes back is suspicious already: 17 in all 1.5 million real candles. A bad tick
 * looks like that, a crash does not; a false report that is denied within the hour does, too (LTC, 2021-09-13).
 */
const MIN_Z_REVERTING = 10

/** "Takes back": what is left of the move after the next candle. */
const LEFT_AFTER_REVERTING = 0.2

/** Tukey's fence, in interquartile ranges beyond a quartile; 1.5 is for normal data. At 4, one real candle in 10,000 is beyond it. */
const FENCE = 4

/** Least interquartile range of a logarithm: where nearly all values are equal, 10 % of difference is none. */
const MIN_IQR = 0.2

const describeStretch = (
  candles: PreparedCandles,
  rows: readonly number[],
  check: 'priceOutlier' | 'rangeOutlier' | 'volumeOutlier',
  describe: (worst: number) => { text: string; details: Record<string, unknown> },
  sizeOf: (row: number) => number,
): Finding[] =>
  joinNeighbours(rows, candles.series.openTimeMs, candles.stepMs).map(({ range, rows: members }) => {
    const worst = members.reduce((best, row) => (sizeOf(row) > sizeOf(best) ? row : best))
    const { text, details } = describe(worst)
    const at = members.length > 1 ? `${formatTimeMs(candles.series.openTimeMs[worst])} ` : ''
    return makeFinding(check, candles, {
      range,
      rows: members.length,
      text: `${whichCandles(range, members.length, candles.stepMs)}: ${at}${text}`,
      details,
    })
  })

/**
 * Log returns far from those around them: z = (r − median) / (1.4826 · MAD) over about two weeks of hours on both sides, the
 * deviation at least the smallest move in them (a tick). |z| ≥ 20, or ≥ 10 where the next candle takes 80 % of it
 * back. Only between neighbours: a move over a gap took longer.
 */
function findPriceOutliers(candles: PreparedCandles): { findings: Finding[]; rows: Set<number> } {
  const { series, stepMs } = candles
  const { close, openTimeMs } = series
  const returns = Float64Array.from(close, (value, row) =>
    row > 0 && openTimeMs[row] - openTimeMs[row - 1] === stepMs ? Math.log(value / close[row - 1]) : Number.NaN,
  )
  const z = new Float64Array(returns.length).fill(Number.NaN)
  overWindows(returns, (sorted, fromRow, toRow) => {
    const { median, deviation } = robustDeviation(sorted)
    const scale = Math.max(deviation, smallestMove(sorted))
    for (let row = fromRow; row < toRow; row++) z[row] = Math.abs(returns[row] - median) / scale
  })
  const percent = (row: number): string => `${((Math.exp(returns[row]) - 1) * 100).toFixed(1)} %`
  const reverts = (row: number): boolean =>
    Math.abs(returns[row] + returns[row + 1]) <= LEFT_AFTER_REVERTING * Math.abs(returns[row])

  const ticks: number[] = []
  const moves: number[] = []
  for (let row = 1; row < z.length; row++) {
    if (z[row] >= MIN_Z_REVERTING && reverts(row)) {
      ticks.push(row)
      row++ // the way back is no second outlier
    } else if (z[row] >= MIN_Z) moves.push(row)
  }
  const details = (worst: number, reverting: boolean) => ({ z: z[worst], logReturn: returns[worst], reverting })
  const findings = [
    ...ticks.flatMap(row =>
      describeStretch(
        candles,
        [row],
        'priceOutlier',
        worst => ({
          text: `the close ${close[worst]} is ${percent(worst)} from the one before (${z[worst].toFixed(0)} robust deviations) and the next candle takes it back: likelier a bad tick than a move.`,
          details: details(worst, true),
        }),
        row => z[row],
      ),
    ),
    ...describeStretch(
      candles,
      moves,
      'priceOutlier',
      worst => ({
        text: `the price moved by ${percent(worst)} in one candle, ${z[worst].toFixed(0)} robust deviations.`,
        details: details(worst, false),
      }),
      row => z[row],
    ),
  ]
  return { findings, rows: new Set([...ticks, ...ticks.map(row => row + 1), ...moves]) }
}

function smallestMove(returns: Float64Array): number {
  let smallest = Number.POSITIVE_INFINITY
  for (const value of returns) {
    const size = Math.abs(value)
    // less than this is the rounding of a logarithm
    if (size > 1e-12 && size < smallest) smallest = size
  }
  return smallest
}

/** How many interquartile ranges a value lies above (+) or below (−) its window's quartiles; 0 between them. */
function beyondQuartiles(values: Float64Array): Float64Array {
  const beyond = new Float64Array(values.length)
  overWindows(values, (sorted, fromRow, toRow) => {
    const [low, high] = [quantileOf(sorted, 0.25), quantileOf(sorted, 0.75)]
    const iqr = Math.max(high - low, MIN_IQR)
    for (let row = fromRow; row < toRow; row++) {
      if (values[row] > high) beyond[row] = (values[row] - high) / iqr
      else if (values[row] < low) beyond[row] = (values[row] - low) / iqr
    }
  })
  return beyond
}

const logOrUnknown = (value: number): number => (value > 0 ? Math.log(value) : Number.NaN)

/**
 * Candles whose range, ln(high / low), lies more than 4 interquartile ranges of its logarithm above the upper quartile:
 * a wick that nobody traded at. Candles whose close is an outlier already are not named again.
 */
function findRangeOutliers(candles: PreparedCandles, named: ReadonlySet<number>): Finding[] {
  const { high, low } = candles.series
  const ranges = Float64Array.from(high, (value, row) => logOrUnknown(Math.log(value / low[row])))
  const beyond = beyondQuartiles(ranges)
  const rows = Array.from(beyond.keys()).filter(row => beyond[row] >= FENCE && !named.has(row))
  return describeStretch(
    candles,
    rows,
    'rangeOutlier',
    worst => ({
      text: `high ${high[worst]} and low ${low[worst]} are ${((high[worst] / low[worst] - 1) * 100).toFixed(1)} % apart, ${beyond[worst].toFixed(1)} interquartile ranges beyond the usual.`,
      details: { beyond: beyond[worst] },
    }),
    row => beyond[row],
  )
}

/**
 * Candles whose log volume lies more than 4 interquartile ranges beyond a quartile: above, a sum of several candles; below, a
 * part of a candle. Candles without volume are `zeroVolume`. Another unit from some time on is seen at its beginning at
 * most: the window moves along, and soon takes it for usual.
 */
function findVolumeOutliers(candles: PreparedCandles): Finding[] {
  const { volume } = candles.series
  const beyond = beyondQuartiles(volume.map(logOrUnknown))
  const rows = Array.from(beyond.keys()).filter(row => Math.abs(beyond[row]) >= FENCE)
  return describeStretch(
    candles,
    rows,
    'volumeOutlier',
    worst => ({
      text: `volume ${volume[worst]} is unusually ${beyond[worst] > 0 ? 'large' : 'small'}, ${Math.abs(beyond[worst]).toFixed(1)} interquartile ranges beyond the usual.`,
      details: { beyond: beyond[worst] },
    }),
    row => Math.abs(beyond[row]),
  )
}

/** Outliers of price, range and volume. Most are real events; they are shown, not judged. */
export function findOutliers(candles: PreparedCandles): Finding[] {
  const prices = findPriceOutliers(candles)
  return [...prices.findings, ...findRangeOutliers(candles, prices.rows), ...findVolumeOutliers(candles)]
}
