import { parseArgs } from 'node:util'

export const PARTS = ['node', 'chromium', 'app'] as const
export type Part = (typeof PARTS)[number]

export interface BenchArguments {
  readonly suite: string
  /** Where the figures are to be written as JSON. */
  readonly json?: string
  /** A Markdown file whose marked section is to be replaced by the tables. */
  readonly markdown?: string
  /** Few repeats: to see that it runs. */
  readonly quick: boolean
  /** What to measure; figures of the other parts are absent. */
  readonly parts: readonly Part[]
}

/** What the caller asked for is not there; the message is one line for people. */
export class BenchUsageError extends Error {
  override readonly name = 'BenchUsageError'
}

/** @throws BenchUsageError */
export function parseArguments(argv: readonly string[], suites: readonly string[]): BenchArguments {
  const { values, positionals } = parse(argv)
  const suite = positionals[0]
  const known = `Suites: ${suites.join(', ')}.`
  if (suite === undefined) throw new BenchUsageError(`Which suite? ${known}`)
  if (!suites.includes(suite)) throw new BenchUsageError(`There is no suite "${suite}". ${known}`)
  if (positionals.length > 1) throw new BenchUsageError(`One suite at a time: "${positionals[1]}" is one too many.`)
  const parts = values.only?.split(',') ?? PARTS
  const odd = parts.find(part => !isPart(part))
  if (odd !== undefined) throw new BenchUsageError(`There is no part "${odd}". Parts: ${PARTS.join(', ')}.`)
  return {
    suite,
    quick: values.quick,
    parts: parts.filter(isPart),
    ...(values.json === undefined ? {} : { json: values.json }),
    ...(values.markdown === undefined ? {} : { markdown: values.markdown }),
  }
}

const isPart = (text: string): text is Part => PARTS.some(part => part === text)

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        json: { type: 'string' },
        markdown: { type: 'string' },
        only: { type: 'string' },
        quick: { type: 'boolean', default: false },
      },
    })
  } catch (error) {
    throw new BenchUsageError((error as Error).message)
  }
}
