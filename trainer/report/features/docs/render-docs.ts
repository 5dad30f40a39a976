import { FEATURE_GROUPS, type FeatureFamily } from '../../../../sdk/feature/feature.ts'
import { familySection } from './family-section.ts'
import { GROUP_TEXTS } from './group-texts.ts'
import { inputSection } from './input-names.ts'
import { INTRODUCTION } from './introduction.ts'

/** A family, and the package that it needs beside this one. */
export interface DocumentedFamily {
  readonly family: FeatureFamily
  readonly package?: string
}

/** The registry as Markdown: the same text for the same families. */
export function renderFeatureDocs(documented: readonly DocumentedFamily[]): string {
  const groups = FEATURE_GROUPS.map(group => ({
    ...GROUP_TEXTS[group],
    members: documented.filter(({ family }) => family.group === group),
  })).filter(({ members }) => members.length > 0)
  const contents = groups.map(
    ({ title, members }) =>
      `- [${title}](#${anchor(title)}): ${members.map(({ family: { name } }) => `[${name}](#${anchor(name)})`).join(', ')}`,
  )
  const examples = documented.reduce((sum, { family }) => sum + family.examples.length, 0)
  const sections = groups.flatMap(({ title, text, members }) => [
    `## ${title}`,
    text,
    ...members.map(({ family, ...needs }) => familySection(family, needs)),
  ])
  const count = `${documented.length} families, ${examples} features of them as examples; any other arguments within the ranges will do. Pictures show Bitcoin, or Ether beside it, on Binance from 1 to 14 March 2024, hourly.`
  return `${[INTRODUCTION.trimEnd(), '## All families', count, [...contents, '- [Further inputs](#further-inputs)'].join('\n'), ...sections, inputSection()].join('\n\n')}\n`
}

/** As GitHub makes them of headings. */
const anchor = (heading: string): string => heading.toLowerCase().replaceAll(' ', '-')
