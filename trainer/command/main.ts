import { Command, CommanderError } from 'commander'
import { EdgeQuantError } from '../../sdk/errors.ts'
import { loadPublishedIndicators } from '../../sdk/feature/published-indicators.ts'
import { backtestCommand } from './backtest.ts'
import { dataCommand } from './data.ts'
import { distillCommand } from './distill.ts'
import { evaluateCommand } from './evaluate.ts'
import { exportCommand } from './export.ts'
import { featuresCommand } from './features.ts'
import { fetchCommand } from './fetch.ts'
import { importCommand } from './import.ts'
import { INTERRUPTED_EXIT_CODE } from './interrupt.ts'
import { runCommand } from './run.ts'
import { serveCommand } from './serve.ts'
import { simulateCommand } from './simulate.ts'
import { formatError } from './terminal.ts'
import { trainCommand } from './train.ts'
import { validateCommand } from './validate.ts'

const program = new Command('trainer')
  .description('Trains, calibrates, quantises and judges EdgeQuant model bundles on exchange candles.')
  .option('--verbose', 'show where errors come from')
  .showHelpAfterError('(trainer --help lists the verbs)')
  .addHelpText(
    'after',
    '\nThe whole way, from data to a bundle and a demo:\n  trainer run --config configs/quickstart.json',
  )

for (const verb of [
  runCommand(),
  importCommand(),
  simulateCommand(),
  fetchCommand(),
  dataCommand(),
  validateCommand(),
  featuresCommand(),
  trainCommand(),
  distillCommand(),
  exportCommand(),
  evaluateCommand(),
  backtestCommand(),
  serveCommand(),
]) {
  program.addCommand(verb.copyInheritedSettings(program).option('--verbose', 'show where errors come from'))
}

// Whoever reads along may have seen enough: `trainer data list | head`.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0)
  throw error
})

program.exitOverride()
for (const verb of program.commands) verb.exitOverride()

try {
  await loadPublishedIndicators()
  await program.parseAsync()
} catch (error) {
  // commander has printed its own by now
  if (error instanceof CommanderError) process.exit(error.exitCode)
  if (error instanceof EdgeQuantError && error.code === 'INTERRUPTED') {
    process.stderr.write(`\n${error.message}\n`)
    process.exit(INTERRUPTED_EXIT_CODE)
  }
  process.stderr.write(formatError(error, process.argv.includes('--verbose')))
  process.exit(1)
}
