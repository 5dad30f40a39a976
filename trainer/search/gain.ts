import { meanPinball } from '../../sdk/forecast/quantile-metrics.ts'
import { DAY_MS } from '../../sdk/units.ts'
import { sortedQuantile } from '../train/outcomes.ts'
import { PROBE, ProbeNetwork, type ProbeSettings } from './probe-network.ts'
import { type Column, rowsOf, type SearchData } from './search-data.ts'

/** Losses out of fold, over those of the unconditional quantiles, of the rows that folds judge by. */
export interface Judged {
  /** By row, mean of the seeds. */
  readonly losses: Float64Array
  /** Mean over the rows, by seed. */
  readonly bySeed: readonly number[]
}

/** How much smaller a loss is than another, in shares of the unconditional quantiles' loss. */
export interface Gain {
  readonly gain: number
  readonly standardError: number
}

const CLIP = 5
/** Outcomes of neighbouring rows overlap; those of different weeks hardly do. */
const BLOCK_MS = 7 * DAY_MS

interface PreparedFold {
  readonly train: Int32Array
  readonly judge: Int32Array
  readonly quantiles: readonly (readonly number[])[]
  readonly weights: readonly number[]
}

/** Trains small networks on folds to compare sets of inputs. */
export class GainJudge {
  readonly #data: SearchData
  readonly #folds: readonly PreparedFold[]
  readonly #baseInputs: number
  readonly #seeds: readonly number[]
  readonly #settings: ProbeSettings
  /** Week of each judged row. */
  readonly #blocks: Float64Array

  constructor(
    data: SearchData,
    o: {
      readonly baseInputs: number
      readonly seed: number
      readonly networks: number
      readonly settings?: ProbeSettings
    },
  ) {
    this.#data = data
    this.#baseInputs = o.baseInputs
    this.#seeds = Array.from({ length: o.networks }, (_, i) => o.seed * 1000 + i)
    this.#settings = o.settings ?? PROBE
    // a fold is judged by what comes after all it learned from, so there is nothing to hold back at its beginning
    this.#folds = data.folds.map(({ train, judge }) => {
      const learned = rowsOf(data, train, false)
      return { train: learned, judge: rowsOf(data, judge, false), ...unconditional(data, learned) }
    })
    const judged = this.#folds.flatMap(fold => [...fold.judge])
    this.#blocks = Float64Array.from(judged, row => Math.floor(data.rows.decidedAtMs[row] / BLOCK_MS))
  }

  /** Trains a network per fold and seed. @param pause between networks, to let signals and progress through */
  async judge(columns: readonly Column[], pause: () => Promise<void>): Promise<Judged> {
    const losses = new Float64Array(this.#blocks.length)
    const bySeed = this.#seeds.map(() => 0)
    let at = 0
    for (const { train, judge, quantiles, weights } of this.#folds) {
      const scalers = columns.map(({ values }) => scalerOf(values, train))
      const learned = this.#rows(columns, scalers, train)
      const judged = this.#rows(columns, scalers, judge)
      for (const [s, seed] of this.#seeds.entries()) {
        await pause()
        const { levels } = this.#data
        const task = { levels, quantiles, weights, baseInputs: this.#baseInputs, inputs: columns.length, seed }
        const network = new ProbeNetwork(task, this.#settings)
        network.train(learned)
        network.losses(judged).forEach((loss, i) => {
          losses[at + i] += loss / this.#seeds.length
          bySeed[s] += loss / losses.length
        })
      }
      at += judge.length
    }
    return { losses, bySeed }
  }

  /**
   * Gain of one set of inputs over another. Its error has two parts that are added up as variances: which weeks there were
   * (the spread of the weeks' gains) and what the networks' random beginnings made of them (the spread of the seeds').
   */
  gain(without: Judged, having: Judged): Gain {
    const sums = new Map<number, { gain: number; rows: number }>()
    this.#blocks.forEach((block, i) => {
      const sum = sums.get(block) ?? { gain: 0, rows: 0 }
      sum.gain += without.losses[i] - having.losses[i]
      sum.rows++
      sums.set(block, sum)
    })
    const n = this.#blocks.length
    const blocks = [...sums.values()]
    const gain = blocks.reduce((sum, block) => sum + block.gain, 0) / n
    const squares = blocks.reduce((sum, block) => sum + (block.gain - gain * block.rows) ** 2, 0)
    const ofWeeks = (squares / n ** 2) * (blocks.length / Math.max(1, blocks.length - 1))
    const ofSeeds = varianceOf(without.bySeed.map((loss, s) => loss - having.bySeed[s])) / this.#seeds.length
    return { gain, standardError: Math.sqrt(ofWeeks + ofSeeds) }
  }

  #rows(columns: readonly Column[], scalers: readonly Scaler[], rows: Int32Array) {
    const F = columns.length
    const H = this.#data.horizons.length
    const inputs = new Float32Array(rows.length * F)
    columns.forEach(({ values }, f) => {
      const { mean, deviation } = scalers[f]
      for (let i = 0; i < rows.length; i++) {
        const z = (values[rows[i]] - mean) / deviation
        // where there is no value, the mean says the least
        inputs[i * F + f] = Number.isNaN(z) ? 0 : Math.max(-CLIP, Math.min(CLIP, z))
      }
    })
    const outcomes = new Float32Array(rows.length * H)
    rows.forEach((row, i) => {
      outcomes.set(this.#data.rows.outcomes.subarray(row * H, (row + 1) * H), i * H)
    })
    return { length: rows.length, inputs, outcomes }
  }
}

interface Scaler {
  readonly mean: number
  readonly deviation: number
}

function scalerOf(values: Float32Array, rows: Int32Array): Scaler {
  let count = 0
  let mean = 0
  let squares = 0
  for (const row of rows) {
    const value = values[row]
    if (Number.isNaN(value)) continue
    const step = value - mean
    mean += step / ++count
    squares += step * (value - mean)
  }
  return { mean, deviation: squares > 0 ? Math.sqrt(squares / count) : 1 }
}

/** Quantiles of the outcomes learned from, `[H][Q]`, and what their loss is divided by. */
function unconditional({ rows, horizons, levels }: SearchData, learned: Int32Array) {
  const H = horizons.length
  const perHorizon = horizons.map((_, h) => {
    const sorted = Float64Array.from(learned, row => rows.outcomes[row * H + h]).sort()
    const quantiles = levels.map(level => sortedQuantile(sorted, level))
    const repeated = Float64Array.from(
      { length: sorted.length * levels.length },
      (_, i) => quantiles[i % levels.length],
    )
    return { quantiles, weight: 1 / meanPinball(repeated, sorted, levels, 1)[0] }
  })
  return { quantiles: perHorizon.map(p => p.quantiles), weights: perHorizon.map(p => p.weight) }
}

/** A gain in its standard errors; 0 where both are, as with a feature that no network has use for. */
export const errorsOf = ({ gain, standardError }: Gain): number => (standardError === 0 ? 0 : gain / standardError)

export const lossOf = ({ bySeed }: Judged): number => bySeed.reduce((sum, loss) => sum + loss, 0) / bySeed.length

export function varianceOf(values: readonly number[]): number {
  if (values.length < 2) return 0
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1)
}
