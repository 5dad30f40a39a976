import type { FeatureFamily } from '../../../../sdk/feature/feature.ts'
import { resolveInput } from '../../../../sdk/feature/input/feature-inputs.ts'
import type { InputSourceName } from '../../../../sdk/feature/input/input-source.ts'
import { DOCUMENTED_SYMBOL, type ExampleFacts } from './example-facts.ts'

/** What a family's picture shows, or why it has none. */
export type PicturePlan =
  | { readonly kind: 'drawn'; readonly example: string; readonly symbol: string; readonly title: string }
  | { readonly kind: 'none'; readonly why: string }

/** Two weeks with a new all-time high and a crash within hours. */
export const PICTURE_FROM = Date.UTC(2024, 2, 1)
export const PICTURE_UNTIL = Date.UTC(2024, 2, 15)

/** The symbol that others are led by tells nothing about being led. */
const FOLLOWER = 'ETH/USDT'

/** Of which too little is recorded to draw two weeks of candles. */
const UNRECORDED: Readonly<Partial<Record<InputSourceName, string>>> = {
  book: 'a few minutes of order books are recorded, no weeks',
  openInterest: 'one week of open interest is recorded, not the one that pictures show',
  liquidation: 'no liquidations are recorded',
}

/** The same whether or not the candles to draw it are at hand. */
export function pictureOf(family: FeatureFamily, examples: readonly ExampleFacts[]): PicturePlan {
  if (family.kind === 'static') return { kind: 'none', why: 'No picture: it is the same at all times.' }
  const unrecorded = ({ furtherInputs }: ExampleFacts): string[] =>
    furtherInputs.flatMap(name => UNRECORDED[resolveInput(name).input.source] ?? [])
  const drawable = examples.filter(example => unrecorded(example).length === 0)
  if (drawable.length === 0) return { kind: 'none', why: `No picture: ${unrecorded(examples[0])[0]}.` }
  // the middle one: neither the noisiest nor the slowest
  const { name } = drawable[Math.floor((drawable.length - 1) / 2)]
  const symbol = family.group === 'market' ? FOLLOWER : DOCUMENTED_SYMBOL
  return { kind: 'drawn', example: name, symbol, title: `${name} of ${symbol}, 1 to 14 March 2024` }
}
