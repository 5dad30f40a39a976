import type { Command } from 'commander'
import { ConfigError } from '../../../sdk/errors.ts'
import { FEATURE_GROUPS, type FeatureFamily } from '../../../sdk/feature/feature.ts'
import { registeredFamilies } from '../../../sdk/feature/registry.ts'
import { parseList } from '../options.ts'
import type { Terminal } from '../terminal.ts'
import type { FeatureMode } from './mode.ts'

interface ListFlags {
  readonly group?: readonly string[]
}

/** `--list` and `--group`. */
export function addList(command: Command): FeatureMode {
  command
    .option('-l, --list', 'list every feature with its formula')
    .option('-g, --group <names>', `of these groups only, e.g. volatility,volume (with --list)`, parseList)
  return { flag: 'list', run: async terminal => listFeatures(command.opts<ListFlags>(), terminal) }
}

async function listFeatures({ group: wanted = FEATURE_GROUPS }: ListFlags, terminal: Terminal): Promise<void> {
  const families = registeredFamilies()
  const groups = FEATURE_GROUPS.filter(group => families.some(family => family.group === group))
  const unknown = wanted.find(name => !(FEATURE_GROUPS as readonly string[]).includes(name))
  if (unknown !== undefined) {
    throw new ConfigError(
      'WRONG_FLAG',
      `--group ${unknown}: there is no such group. There are: ${groups.join(', ')}.`,
      {
        value: unknown,
        groups,
      },
    )
  }
  for (const group of groups.filter(group => wanted.includes(group))) {
    terminal.stage(group, '')
    for (const family of families.filter(family => family.group === group)) {
      for (const line of describeFamily(family)) terminal.line(line)
    }
  }
}

function describeFamily({ name, kind, unit, parameters, formula, summary, examples }: FeatureFamily): string[] {
  const args = Object.keys(parameters)
  const call = args.length === 0 ? name : `${name}(${args.join(',')})`
  return [
    `${call.padEnd(34)} ${kind.padEnd(8)} ${formula}  [${unit}]`,
    `  ${summary}`,
    ...(args.length === 0 ? [] : [`  e.g. ${examples.slice(0, 4).join('  ')}`]),
  ]
}
