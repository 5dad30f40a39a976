import { type Command, InvalidArgumentError, Option } from 'commander'
import type { ConfigOverride } from '../config/load-config.ts'
import type { RunConfig } from '../config/run-config.ts'

const DEFAULT_CONFIG = 'configs/quickstart.json'
export const DEFAULT_RUNS = 'runs'
const DEFAULT_STORE = '.edgequant'

export interface ConfigFlags {
  readonly config: string
  readonly data?: string
  readonly backend?: RunConfig['backend']
  readonly set?: readonly ConfigOverride[]
}

/** `--config`, and the flags that override it. */
export function addConfigOptions(command: Command): Command {
  return command
    .option('-c, --config <file>', 'what to do, as JSON (see configs/)', DEFAULT_CONFIG)
    .option('-d, --data <path>', 'candles on disk: a CSV or CSV.gz file, or a folder of them')
    .addOption(backendOption())
    .option('--set <key=value>', 'override any key of the config, e.g. teacher.maxSteps=50', collectSetting)
}

export const storeOption = (): Option => new Option('--store <folder>', 'where market data lie').default(DEFAULT_STORE)

export const backendOption = (): Option =>
  new Option('--backend <name>', 'what trains').choices(['auto', 'tfjs-node-gpu', 'webgpu', 'wasm', 'cpu'])

export function collectSetting(text: string, earlier: readonly ConfigOverride[] = []): ConfigOverride[] {
  const split = text.indexOf('=')
  if (split < 1) throw new InvalidArgumentError('Expected key=value, e.g. teacher.maxSteps=50.')
  return [...earlier, { path: text.slice(0, split), value: parseValue(text.slice(split + 1)), flag: `--set ${text}` }]
}

/** JSON where it is JSON (`50`, `true`, `[1,2]`), else the text itself. */
function parseValue(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

export function configOverrides({ data, backend, set = [] }: Omit<ConfigFlags, 'config'>): ConfigOverride[] {
  return [
    ...(data === undefined
      ? []
      : [
          { path: 'data.source', value: 'files', flag: '--data' },
          { path: 'data.path', value: data, flag: '--data' },
        ]),
    ...(backend === undefined ? [] : [{ path: 'backend', value: backend, flag: '--backend' }]),
    ...set,
  ]
}

export function parsePositiveInteger(text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('Expected a whole number of at least 1.')
  return value
}

export const parseList = (text: string): string[] => text.split(',').map(item => item.trim())
