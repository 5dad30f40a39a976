import type { FeatureFamily } from '../../../../sdk/feature/feature.ts'
import { list } from '../../format.ts'
import { markdownTable } from '../../markdown-table.ts'
import { type ExampleFacts, examplesOf } from './example-facts.ts'
import { foldLevels } from './input-names.ts'
import { pictureOf } from './picture-plan.ts'

/** One family: facts, examples and picture. */
export function familySection(family: FeatureFamily, o: { readonly package?: string }): string {
  const { name, summary, unit, kind, formula, edges, source, parameters } = family
  const examples = examplesOf(family)
  const args = Object.entries(parameters)
  const facts = [
    ['formula', code(formula)],
    ['unit', unit],
    ['kind', kind],
    ...args.map(([parameter, { expected }]) => [code(parameter), expected]),
    ...inputLines(family, examples),
    ...(o.package === undefined
      ? []
      : [
          [
            'needs',
            `the package \`${o.package}\`; trainer and worker load it themselves, a page by \`await loadPublishedIndicators()\``,
          ],
        ]),
    ...(edges === undefined ? [] : [['edges', edges]]),
    ...(source === undefined ? [] : [['source', source]]),
  ]
  const picture = pictureOf(family, examples)
  return [
    `### ${name}`,
    summary,
    picture.kind === 'drawn' ? `![${picture.title}](features/${name}.svg)` : picture.why,
    factList(facts),
    exampleTable(kind, examples),
  ]
    .filter(text => text !== '')
    .join('\n\n')
}

const code = (text: string): string => `\`${text}\``

const factList = (facts: readonly (readonly string[])[]): string =>
  facts.map(([term, text]) => `- **${term}**: ${text}`).join('\n')

function inputLines({ kind }: FeatureFamily, examples: readonly ExampleFacts[]): string[][] {
  if (kind === 'known') return [['inputs', 'the time']]
  if (kind === 'static') return [['inputs', 'the symbol']]
  const union = (of: (example: ExampleFacts) => readonly string[]) =>
    foldLevels([...new Set(examples.flatMap(of))]).map(code)
  const own = union(example => example.ownColumns)
  const other = union(example => example.otherColumns)
  const texts = [
    ...(own.length === 0 ? [] : [list(own)]),
    ...(other.length === 0 ? [] : [`${list(other)} of other symbols`]),
  ]
  return [['inputs', texts.length === 0 ? 'the time' : texts.join('; ')]]
}

/** Warm-up and memory by example; one line where they are the same for all, and none where there is none. */
function exampleTable(kind: FeatureFamily['kind'], examples: readonly ExampleFacts[]): string {
  if (kind !== 'observed') return `Examples: ${examples.map(({ name }) => code(name)).join(', ')}`
  return markdownTable(
    ['example', 'warm-up', 'memory'],
    examples.map(({ name, warmupCandles, memoryCandles, exactMemory }) => [
      code(name),
      String(warmupCandles),
      exactMemory ? String(memoryCandles) : `≈ ${memoryCandles}`,
    ]),
  )
}
