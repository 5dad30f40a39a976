import { type Expression, formatExpression } from './expression.ts'

/** An argument that a family takes. */
export interface Parameter<T> {
  /** For messages and documentation, e.g. `a whole number from 1 to 5000`. */
  readonly expected: string
  /** undefined where the argument is not what is expected. */
  read(argument: Expression): T | undefined
}

export type Parameters = Readonly<Record<string, Parameter<unknown>>>

/** The values of a family's parameters, by name. */
export type Arguments<P extends Parameters> = { readonly [K in keyof P]: P[K] extends Parameter<infer T> ? T : never }

interface Bounds {
  readonly min: number
  readonly max: number
}

const numberWithin = ({ text, args }: Expression, { min, max }: Bounds): number | undefined => {
  const value = Number(text)
  return args.length === 0 && String(value) === text && value >= min && value <= max ? value : undefined
}

/** A number of candles or another whole number. */
export const integer = (bounds: Bounds): Parameter<number> => ({
  expected: `a whole number from ${bounds.min} to ${bounds.max}`,
  read: argument => {
    const value = numberWithin(argument, bounds)
    return Number.isInteger(value) ? value : undefined
  },
})

export const number = (bounds: Bounds): Parameter<number> => ({
  expected: `a number from ${bounds.min} to ${bounds.max}`,
  read: argument => numberWithin(argument, bounds),
})

/** One of a few words. */
export const oneOf = <const T extends string>(words: readonly T[]): Parameter<T> => ({
  expected: `one of ${words.join(', ')}`,
  read: ({ text, args }) => (args.length === 0 ? words.find(word => word === text) : undefined),
})

/** A symbol whose candles the panel has. */
export const symbol: Parameter<string> = {
  expected: 'a symbol such as BTC/USDT',
  read: ({ text, args }) => (args.length === 0 && /^[A-Z0-9]+\/[A-Z0-9:-]+$/.test(text) ? text : undefined),
}

/** Another feature; `scope.feature` makes the series of it. */
export const feature: Parameter<Expression> = {
  expected: 'a feature such as return(1)',
  read: argument => (/^[a-z]/.test(formatExpression(argument)) ? argument : undefined),
}

/** So many candles that a window may hold. */
export const candles: Parameter<number> = integer({ min: 1, max: 10_000 })

/** A share of the ex-ante volatility within a logarithm, so that one still candle does not read as −∞. */
export const share: Parameter<number> = number({ min: 0, max: 1 })

/** Half-life of an exponential mean, in candles. */
export const halfLife: Parameter<number> = integer({ min: 1, max: 1_000 })
