import { FEATURE_INPUTS } from '../../../../sdk/feature/input/feature-inputs.ts'
import { INPUT_SOURCES, type InputSourceName } from '../../../../sdk/feature/input/input-source.ts'

const LEVEL = /^(\D+)(\d+)$/

/** `bidPrice1`, `bidPrice2` … as one name, `bidPrice1…5`; others as they are. */
export function foldLevels(names: readonly string[]): string[] {
  const levels = new Map<string, number[]>()
  const folded: string[] = []
  for (const name of names) {
    const [, stem, level] = LEVEL.exec(name) ?? []
    if (stem === undefined) folded.push(name)
    else if (levels.has(stem)) levels.get(stem)!.push(Number(level))
    else {
      levels.set(stem, [Number(level)])
      folded.push(stem)
    }
  }
  return folded.map(name => {
    const found = levels.get(name)
    if (found === undefined) return name
    const [low, high] = [Math.min(...found), Math.max(...found)]
    return low === high ? `${name}${low}` : `${name}${low}…${high}`
  })
}

/** Every further input by its source: what it is, when it is known, how it is aligned on candles. */
export function inputSection(): string {
  const sources = Object.keys(INPUT_SOURCES) as InputSourceName[]
  const lines = sources.flatMap(source => {
    const { meaning, availability } = INPUT_SOURCES[source]
    const inputs = FEATURE_INPUTS.filter(input => input.source === source)
    // the levels of a book differ in their number alone
    const shown = inputs.filter(({ name }) => !LEVEL.test(name) || name.endsWith('e1') || name.endsWith('y1'))
    return [
      `- **${source}**: ${meaning}; known ${availability}`,
      ...shown.map(({ name, unit, meaning, alignment, sessions }) => {
        const [title] = foldLevels(inputs.map(input => input.name).filter(other => stemOf(other) === stemOf(name)))
        const call = sessions === undefined ? title : sessions === 'required' ? `${title}[n]` : `${title}, ${title}[n]`
        return `  - \`${call}\` (${unit}): ${meaning.replace(/, level 1$/, ' at that level')}; ${alignment}`
      }),
    ]
  })
  return [
    '## Further inputs',
    'What features take besides candles, one value a candle. A value is used by the first candle that closes when it is known, never by an earlier one; a batch and a stream align events by the same code, `sdk/feature/input`.',
    lines.join('\n'),
  ].join('\n\n')
}

const stemOf = (name: string): string => LEVEL.exec(name)?.[1] ?? name
