/** A process that fetches, and may be killed at any moment: its argument is a `FetchTask`. */
import { type FetchTask, runFetchTask } from './fetch-task.ts'

await runFetchTask(JSON.parse(process.argv[2]) as FetchTask)
process.exit(0)
