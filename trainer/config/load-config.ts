import { readFile } from 'node:fs/promises'
import * as v from 'valibot'
import { ConfigError, FeatureError } from '../../sdk/errors.ts'
import { DEFAULT_FEATURES } from '../../sdk/feature/default-features.ts'
import { RECIPE_FEATURES } from '../../sdk/feature/recipe-features.ts'
import { registeredFamilies } from '../../sdk/feature/registry.ts'
import { resolveFeature } from '../../sdk/feature/resolve-feature.ts'
import { type ConfigIssue, describeIssues } from './config-issue.ts'
import { nearestName } from './nearest-name.ts'
import { type RunConfig, runConfigSchema } from './run-config.ts'

/** A value from the command line that takes the place of the file's. */
export interface ConfigOverride {
  /** Dotted, e.g. `data.path`. */
  readonly path: string
  readonly value: unknown
  /** As the user wrote it, e.g. `--data`; errors name it. */
  readonly flag: string
}

/**
 * Reads, completes and checks a run config.
 * @throws ConfigError `CONFIG_NOT_FOUND`, `INVALID_JSON`, `UNKNOWN_KEY`, `MISSING_KEY`, `WRONG_VALUE`
 */
export async function loadConfig(file: string, overrides: readonly ConfigOverride[] = []): Promise<RunConfig> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (cause) {
    throw new ConfigError(
      'CONFIG_NOT_FOUND',
      `The config "${file}" cannot be read (${(cause as NodeJS.ErrnoException).code}). Give the path of a JSON file, e.g. --config configs/quickstart.json.`,
      { file },
    )
  }
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (cause) {
    throw new ConfigError('INVALID_JSON', `${file} is not valid JSON: ${(cause as Error).message}. Correct it there.`, {
      file,
    })
  }
  return parseConfig(json, file, overrides)
}

/** The same for JSON that is already in memory; `where` names it in errors. */
export function parseConfig(json: unknown, where: string, overrides: readonly ConfigOverride[] = []): RunConfig {
  const input = structuredClone(json)
  if (typeof input === 'object' && input !== null) for (const o of overrides) setAt(input, o.path.split('.'), o.value)
  const result = v.safeParse(runConfigSchema, input)
  if (!result.success) throw configError(where, overrides, describeIssues(runConfigSchema, input, result.issues))

  return {
    ...result.output,
    features: checkFeatures(featuresOf(result.output.features ?? 'default'), where, overrides),
  }
}

const featuresOf = (asked: 'default' | 'recipe' | readonly string[]): readonly string[] =>
  asked === 'default' ? DEFAULT_FEATURES : asked === 'recipe' ? RECIPE_FEATURES : asked

/** The features as they are written, each of which must be there and have arguments that fit. */
function checkFeatures(features: readonly string[], where: string, overrides: readonly ConfigOverride[]): string[] {
  const issues: ConfigIssue[] = []
  const kinds = new Set<string>()
  const names = features.map((name, i) => {
    try {
      const resolved = resolveFeature(name)
      kinds.add(resolved.family.kind === 'observed' ? 'observed' : 'known')
      return resolved.name
    } catch (error) {
      if (!(error instanceof FeatureError)) throw error
      issues.push({ code: 'WRONG_VALUE', path: `features.${i}`, value: name, text: featureProblem(name, error) })
      return name
    }
  })
  if (issues.length > 0) throw configError(where, overrides, issues)
  for (const kind of ['observed', 'known'] as const) {
    if (kinds.has(kind)) continue
    const examples = registeredFamilies()
      .filter(family => family.kind === kind)
      .map(family => family.examples[0])
    const text = `"features" names no ${kind} feature, and the network needs at least one. Add one of ${examples.join(', ')}.`
    throw configError(where, overrides, [{ code: 'WRONG_VALUE', path: 'features', value: features, text }])
  }
  return names
}

function featureProblem(name: string, { code, message }: FeatureError): string {
  if (code !== 'UNKNOWN_FEATURE') return `"features": ${message}`
  const known = registeredFamilies().map(family => family.name)
  const near = nearestName(name.replace(/[^A-Za-z].*/, ''), known)
  const example = registeredFamilies().find(family => family.name === near)?.examples[0]
  const hint = example ? `Did you mean "${example}"? ` : ''
  return `"features" names "${name}", which is not in the registry. ${hint}\`trainer features --list\` shows them all.`
}

function setAt(target: object, keys: readonly string[], value: unknown): void {
  let node = target as Record<string, unknown>
  for (const key of keys.slice(0, -1)) {
    if (typeof node[key] !== 'object' || node[key] === null) node[key] = {}
    node = node[key] as Record<string, unknown>
  }
  node[keys.at(-1)!] = value
}

function configError(where: string, overrides: readonly ConfigOverride[], issues: readonly ConfigIssue[]): ConfigError {
  const lines = issues.map(issue => {
    const flag = overrides.find(o => issue.path === o.path || issue.path.startsWith(`${o.path}.`))?.flag
    return flag ? `${issue.text} (given by ${flag})` : issue.text
  })
  const message =
    lines.length === 1 ? `${where}: ${lines[0]}` : `${where}:\n${lines.map(line => `  · ${line}`).join('\n')}`
  return new ConfigError(issues[0].code, message, { file: where, issues })
}
