import { Command } from 'commander'
import { exportDataCommand } from './data-export.ts'
import { listDataCommand } from './data-list.ts'
import { dataLogCommand } from './data-log.ts'
import { queryDataCommand } from './data-query.ts'

export function dataCommand(): Command {
  const command = new Command('data').description('look into the market store: list, export, query, log')
  for (const verb of [listDataCommand(), exportDataCommand(), queryDataCommand(), dataLogCommand()]) {
    command.addCommand(verb.exitOverride().option('--verbose', 'show where errors come from'))
  }
  return command
}
