/** `npm run bench -- <suite>`: prints tables for people, and writes what was measured where it is asked to. */
import { readFile, writeFile } from 'node:fs/promises'
import { BenchUsageError, parseArguments } from './arguments.ts'
import { describeMachine, thisMachine } from './machine.ts'
import { toReport } from './report.ts'
import { SUITES } from './suites.ts'
import { printTable, replaceTables } from './table.ts'

async function main(): Promise<void> {
  const o = parseArguments(process.argv.slice(2), Object.keys(SUITES))
  const result = await SUITES[o.suite as keyof typeof SUITES](o)
  const report = toReport(o.suite, thisMachine(), result)
  console.log(`\n${describeMachine(report.machine)}`)
  for (const table of result.tables) console.log(printTable(table))
  if (o.json) await writeFile(o.json, `${JSON.stringify(report, null, 2)}\n`)
  if (o.markdown) {
    const text = await readFile(o.markdown, 'utf8')
    await writeFile(o.markdown, replaceTables(text, o.suite, report.machine, result.tables))
  }
}

try {
  await main()
  process.exit(0) // whatever threads a peer has left behind
} catch (error) {
  console.error(error instanceof BenchUsageError ? error.message : error)
  process.exit(1)
}
