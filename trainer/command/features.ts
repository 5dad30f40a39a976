import { Command } from 'commander'
import { wrongFlag } from './fact-options.ts'
import { describeFeatures } from './features/describe.ts'
import { addDocs } from './features/docs.ts'
import { addList } from './features/list.ts'
import type { FeatureMode } from './features/mode.ts'
import { addReport } from './features/report.ts'
import { addSearch } from './features/search.ts'
import { addConfigOptions, type ConfigFlags } from './options.ts'
import { createTerminal } from './terminal.ts'

export function featuresCommand(): Command {
  const command = addConfigOptions(new Command('features'))
    .description("a config's features on its data, all there are, their documentation, or a search for better ones")
    .option('-o, --out <file>', 'where --docs, --report or --search writes')
  const modes = [addList(command), addReport(command), addSearch(command), addDocs(command)]
  return command
    .addHelpText(
      'after',
      [
        '\nWithout --list, --report, --search or --docs: mean, deviation and range of the features of --config on its data.',
        '\nExamples:',
        '  trainer features --list --group volatility,volume',
        '  trainer features --config configs/quickstart.json --data candles/',
        '  trainer features --config configs/quickstart.json --report --out features.html',
        '  trainer features --config configs/quickstart.json --search',
        '\nA feature is named by an expression, such as body, parkinson(6,0.05) or lag(return(1),24); docs/features.md has them all.',
      ].join('\n'),
    )
    .action(async (flags: ConfigFlags & Readonly<Record<string, unknown>>) => {
      const terminal = createTerminal()
      const asked = modes.filter(({ flag }) => flags[flag] !== undefined)
      checkOne(asked)
      if (asked.length === 0) await describeFeatures(flags, terminal)
      else await asked[0].run(terminal)
    })
}

function checkOne(asked: readonly FeatureMode[]): void {
  if (asked.length < 2) return
  const [first, second] = asked.map(({ flag }) => `--${flag}`)
  throw wrongFlag(`${first} ${second}`, 'asks for two things at once. Give one of them')
}
