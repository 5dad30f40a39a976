import { ConfigError } from '../errors.ts'
import { createRandom, type Random } from '../random.ts'
import { HOUR_MS, type Timeframe, timeframeMs } from '../units.ts'
import type { Candle } from './candle.ts'

export interface SimulateMarketOptions {
  /** Unique names; the first is the largest market. */
  readonly symbols: readonly string[]
  /** Candles per symbol. */
  readonly candles: number
  readonly timeframe: Timeframe
  /** Integer. The same seed gives the same candles, and more candles begin with the fewer. */
  readonly seed: number
  /** Opening time of the first candle, UTC ms; default 2020-01-01. */
  readonly startTimeMs?: number
}

const DEFAULT_START_MS = Date.UTC(2020, 0, 1)

/** Prices move this often inside a candle; its high and low are those of the path. */
const STEPS_PER_CANDLE = 12

/** Volatility of the market factor in its normal regime, log return per √hour: about 55 % a year. */
const BASE_VOLATILITY = 0.006

/** Hidden states of the whole market: a volatility multiplier, how often jumps come, and how long it lasts on average. */
const REGIMES = [
  { volatility: 0.55, jumpsPerHour: 0.001, meanHours: 240 },
  { volatility: 1, jumpsPerHour: 0.004, meanHours: 120 },
  { volatility: 2.1, jumpsPerHour: 0.02, meanHours: 36 },
] as const

/** From each regime, the chance that the next one is the first of the two others. */
const FIRST_OTHER: readonly number[] = [0.85, 0.65, 0.25]

/** Jump sizes are normal with this deviation, in units of the current hourly volatility. */
const JUMP_SIZE = 4

/** Log-volatility moves on two time scales (standard deviation in log units). */
const SLOW = { halfLifeHours: 72, deviation: 0.3 }
const FAST = { halfLifeHours: 4, deviation: 0.3 }
const VOLUME_NOISE = { halfLifeHours: 6, deviation: 0.35 }

/**
 * The embedded market: correlated symbols to learn, test and demonstrate on where no exchange can be reached.
 *
 * - Log volatility of the market is a regime (calm, normal, turbulent; a Markov chain) plus a slow and a fast
 *   Ornstein–Uhlenbeck process plus the hour of day and the weekend. That gives clustering on several time scales,
 *   fat tails, and a volatility that can be forecast.
 * - Each symbol's return is its correlation times the market factor's plus its own noise, whose fast volatility is its
 *   own; both jump at Poisson times.
 * - Price paths are followed in sub-steps, so open, high, low and close belong together.
 * - Log volume follows the volatility that the candle realised, the hour of day, and autocorrelated noise.
 *
 * Returns are a martingale difference: their *direction* cannot be forecast, as a fair test bed must have it. A model
 * that shows a directional edge here has a leak.
 *
 * @returns Candles by symbol, valid in the sense of `validateCandles`.
 * @throws ConfigError `INVALID_SIMULATION`
 * @see Hamilton (1989), Econometrica 57: regime switching
 * @see Taylor (1986), Modelling Financial Time Series: log-normal stochastic volatility; Chernov, Gallant, Ghysels &
 *   Tauchen (2003), J. Econometrics 116: its two factors
 * @see Merton (1976), J. Financial Economics 3: jumps
 * @see Andersen & Bollerslev (1997), J. Empirical Finance 4: intraday periodicity
 * @see Karpoff (1987), J. Financial and Quantitative Analysis 22: volume and price changes
 */
export function simulateMarket(o: SimulateMarketOptions): Map<string, Candle[]> {
  checkOptions(o)
  const stepMs = timeframeMs(o.timeframe)
  const startTimeMs = o.startTimeMs ?? DEFAULT_START_MS
  const hours = stepMs / HOUR_MS
  const market = simulateFactor(createRandom(o.seed, 'market'), o.candles, hours, startTimeMs)
  return new Map(
    o.symbols.map((symbol, rank) => [
      symbol,
      simulateSymbol({
        random: createRandom(o.seed, `symbol ${symbol}`),
        rank,
        hours,
        startTimeMs,
        candles: o.candles,
        market,
      }),
    ]),
  )
}

/** What all symbols share. */
interface MarketFactor {
  /** Volatility per √hour of each candle, without any symbol's own part. */
  readonly volatility: Float64Array
  readonly jumpsPerHour: Float64Array
  /** Standardised moves, `[candles, STEPS_PER_CANDLE]`; unit variance except for jumps. */
  readonly moves: Float64Array
}

function simulateFactor(random: Random, candles: number, hours: number, startTimeMs: number): MarketFactor {
  const volatility = new Float64Array(candles)
  const jumpsPerHour = new Float64Array(candles)
  const moves = new Float64Array(candles * STEPS_PER_CANDLE)
  const slow = ornsteinUhlenbeck(random, SLOW, hours)
  const fast = ornsteinUhlenbeck(random, FAST, hours)
  let regime = 1
  for (let t = 0; t < candles; t++) {
    if (random.uniform() < 1 - Math.exp(-hours / REGIMES[regime].meanHours)) {
      const others = [0, 1, 2].filter(r => r !== regime)
      regime = others[random.uniform() < FIRST_OTHER[regime] ? 0 : 1]
    }
    const { volatility: level, jumpsPerHour: intensity } = REGIMES[regime]
    const season = seasonality(startTimeMs + t * hours * HOUR_MS)
    volatility[t] = BASE_VOLATILITY * level * season * Math.exp(slow() + fast())
    jumpsPerHour[t] = intensity
    fillMoves(random, moves.subarray(t * STEPS_PER_CANDLE, (t + 1) * STEPS_PER_CANDLE), intensity, hours)
  }
  return { volatility, jumpsPerHour, moves }
}

/** Unit-variance normal moves, with a jump in one of them now and then. */
function fillMoves(random: Random, moves: Float64Array, jumpsPerHour: number, hours: number): void {
  for (let i = 0; i < moves.length; i++) moves[i] = random.normal()
  const jumps = random.uniform() < 1 - Math.exp(-jumpsPerHour * hours)
  const at = Math.floor(random.uniform() * moves.length)
  const size = JUMP_SIZE * random.normal()
  // a move is scaled by √(hours / steps) later; a jump's size does not depend on the time it takes
  if (jumps) moves[at] += size * Math.sqrt(moves.length / hours)
}

interface SymbolInputs {
  readonly random: Random
  readonly rank: number
  readonly hours: number
  readonly startTimeMs: number
  readonly candles: number
  readonly market: MarketFactor
}

function simulateSymbol({ random, rank, hours, startTimeMs, candles, market }: SymbolInputs): Candle[] {
  // smaller markets are cheaper a piece, move more and follow the factor less closely
  const startPrice = 40_000 / 12 ** rank
  const scale = 1 + 0.5 * (1 - 1 / (1 + rank)) * (0.5 + random.uniform())
  const correlation = rank === 0 ? 0.9 : 0.55 + 0.25 * random.uniform()
  const typicalVolume = (2e7 / 3 ** rank / startPrice) * hours

  const own = ornsteinUhlenbeck(random, FAST, hours)
  const volumeNoise = ornsteinUhlenbeck(random, VOLUME_NOISE, hours)
  const moves = new Float64Array(STEPS_PER_CANDLE)
  const ownWeight = Math.sqrt(1 - correlation ** 2)
  const moveScale = Math.sqrt(hours / STEPS_PER_CANDLE)
  const round = (price: number): number => Number(price.toPrecision(7))

  let logPrice = Math.log(startPrice)
  return Array.from({ length: candles }, (_, t) => {
    const openTimeMs = startTimeMs + t * hours * HOUR_MS
    const volatility = market.volatility[t] * scale
    const ownVolatility = volatility * Math.exp(own())
    fillMoves(random, moves, market.jumpsPerHour[t], hours)

    const opened = logPrice
    let [high, low, squares] = [logPrice, logPrice, 0]
    for (let i = 0; i < STEPS_PER_CANDLE; i++) {
      const common = market.moves[t * STEPS_PER_CANDLE + i]
      const move = moveScale * (correlation * volatility * common + ownWeight * ownVolatility * moves[i])
      logPrice += move
      squares += move * move
      high = Math.max(high, logPrice)
      low = Math.min(low, logPrice)
    }
    const activity = Math.sqrt(squares / hours) / (BASE_VOLATILITY * scale)
    const volume = typicalVolume * activity ** 0.8 * seasonality(openTimeMs) ** 0.6 * Math.exp(volumeNoise())
    return {
      openTimeMs,
      open: round(Math.exp(opened)),
      high: round(Math.exp(high)),
      low: round(Math.exp(low)),
      close: round(Math.exp(logPrice)),
      volume: round(volume),
    }
  })
}

/** A mean-zero process with this stationary deviation, one value per candle. */
function ornsteinUhlenbeck(
  random: Random,
  { halfLifeHours, deviation }: { halfLifeHours: number; deviation: number },
  hours: number,
): () => number {
  const keep = 2 ** (-hours / halfLifeHours)
  const shock = deviation * Math.sqrt(1 - keep * keep)
  let value = deviation * random.normal()
  return () => {
    value = keep * value + shock * random.normal()
    return value
  }
}

/** Busiest at 15:00 UTC, quiet at 03:00 and on weekends; averages about 1. */
function seasonality(openTimeMs: number): number {
  const date = new Date(openTimeMs)
  const hour = date.getUTCHours() + date.getUTCMinutes() / 60
  const weekend = date.getUTCDay() % 6 === 0
  return (1 + 0.35 * Math.cos((2 * Math.PI * (hour - 15)) / 24)) * (weekend ? 0.8 : 1.08)
}

function checkOptions({ symbols, candles, seed, startTimeMs, timeframe }: SimulateMarketOptions): void {
  const fail = (option: string, value: unknown, expected: string): never => {
    throw new ConfigError('INVALID_SIMULATION', `simulateMarket: ${option} is ${value}; expected ${expected}.`, {
      option,
      value,
    })
  }
  if (symbols.length === 0 || new Set(symbols).size !== symbols.length) {
    fail('symbols', `[${symbols.join(', ')}]`, 'one or more names, each once')
  }
  if (!Number.isInteger(candles) || candles < 1) fail('candles', candles, 'a whole number of at least 1')
  if (!Number.isSafeInteger(seed)) fail('seed', seed, 'a whole number')
  if (startTimeMs !== undefined && (!Number.isInteger(startTimeMs) || startTimeMs % timeframeMs(timeframe) !== 0)) {
    fail('startTimeMs', startTimeMs, `UTC milliseconds, a multiple of ${timeframe}`)
  }
}
