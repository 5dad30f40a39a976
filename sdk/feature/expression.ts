import { FeatureError } from '../errors.ts'

/**
 * How a feature is named in a feature set: `body`, `parkinson(6)`, `leadReturn(BTC/USDT, 3)`, `lag(return(1), 24)`. A name is
 * a family and its arguments; arguments are numbers, symbols or features.
 */
export interface Expression {
  /** Family, number or symbol, as written. */
  readonly text: string
  readonly args: readonly Expression[]
}

/** Transforms of transforms of a feature: beyond this nobody can say what a feature means. */
const MAX_DEPTH = 6

const TOKEN = /\s*([A-Za-z0-9_./:+-]+|[(),])\s*/y

/** @throws FeatureError `BAD_FEATURE_NAME`, `TOO_DEEP` */
export function parseExpression(source: string): Expression {
  const tokens: string[] = []
  TOKEN.lastIndex = 0
  while (TOKEN.lastIndex < source.length) {
    const at = TOKEN.lastIndex
    const match = TOKEN.exec(source)
    if (!match) throw badName(source, `"${source[at]}" at position ${at + 1} has no meaning there`)
    tokens.push(match[1])
  }
  let next = 0
  const parse = (depth: number): Expression => {
    if (depth > MAX_DEPTH) throw tooDeep(source)
    const text = tokens[next]
    if (text === undefined || /^[(),]$/.test(text)) {
      throw badName(source, text === undefined ? 'it ends too early' : `"${text}" stands where a name or number should`)
    }
    next++
    const args: Expression[] = []
    if (tokens[next] === '(') {
      do {
        next++
        args.push(parse(depth + 1))
      } while (tokens[next] === ',')
      if (tokens[next] !== ')') throw badName(source, 'a ")" is missing')
      next++
    }
    return { text, args }
  }
  const expression = parse(1)
  if (next < tokens.length) throw badName(source, `"${tokens[next]}" stands after its end`)
  return expression
}

export const formatExpression = ({ text, args }: Expression): string =>
  args.length === 0 ? text : `${text}(${args.map(formatExpression).join(',')})`

function badName(source: string, problem: string): FeatureError {
  return new FeatureError(
    'BAD_FEATURE_NAME',
    `"${source}" is not a feature's name: ${problem}. Expected a name such as body, parkinson(6) or lag(return(1),24).`,
    { feature: source, problem },
  )
}

function tooDeep(source: string): FeatureError {
  const shown = source.length > 80 ? `${source.slice(0, 80)}…` : source
  return new FeatureError(
    'TOO_DEEP',
    `"${shown}" nests more than ${MAX_DEPTH} deep, arguments included. Expected at most that, as in mean(lag(return(1),24),6); leave transforms out.`,
    { feature: source, maxDepth: MAX_DEPTH },
  )
}
