import * as v from 'valibot'
import { nearestName } from './nearest-name.ts'
import { readSchema } from './schema-node.ts'

export interface ConfigIssue {
  readonly code: 'UNKNOWN_KEY' | 'MISSING_KEY' | 'WRONG_VALUE'
  /** Dotted, e.g. `teacher.hidden`. */
  readonly path: string
  readonly value: unknown
  readonly text: string
}

const COMPARISONS: readonly (readonly [RegExp, string])[] = [
  [/^>=/, 'a number of at least '],
  [/^<=/, 'a number of at most '],
  [/^>/, 'a number above '],
  [/^</, 'a number below '],
]

const KINDS: Readonly<Record<string, string>> = {
  Object: 'an object { … }',
  Array: 'a list [ … ]',
  number: 'a number',
  string: 'a text',
  boolean: 'true or false',
}

function expectation(issue: v.BaseIssue<unknown>): string {
  if (issue.type === 'integer') return 'an integer'
  if (issue.type === 'finite') return 'a finite number'
  if (issue.type === 'min_length') return 'at least one entry'
  if (issue.kind === 'validation' && !issue.message.startsWith('Invalid')) return issue.message
  const expected = issue.expected ?? issue.message
  for (const [pattern, words] of COMPARISONS) if (pattern.test(expected)) return expected.replace(pattern, words)
  return KINDS[expected] ?? expected.replace(/^\(|\)$/g, '').replaceAll(' | ', ' or ')
}

const quote = (value: unknown): string => {
  const text = JSON.stringify(value) ?? 'absent'
  return text.length > 80 ? `${text.slice(0, 77)}…` : text
}

/** The schema that a path of keys leads to; a union is entered by the branch that shares most keys with the input. */
function schemaAt(schema: v.GenericSchema, keys: readonly string[], input: unknown): v.GenericSchema {
  const node = readSchema(schema)
  if (node.type === 'union') return schemaAt(likelyBranch(node.options as v.GenericSchema[], input), keys, input)
  const [key, ...rest] = keys
  if (key === undefined) return schema
  const next = node.type === 'array' ? node.item : node.entries?.[key]
  return next ? schemaAt(next, rest, (input as Record<string, unknown> | undefined)?.[key]) : schema
}

function likelyBranch(branches: readonly v.GenericSchema[], input: unknown): v.GenericSchema {
  const keys = Object.keys(Object(input))
  const shared = (branch: v.GenericSchema) => {
    const known = Object.keys(readSchema(branch).entries ?? {})
    return keys.filter(key => known.includes(key)).length
  }
  return branches.reduce((best, branch) => (shared(branch) > shared(best) ? branch : best))
}

const join = (prefix: string, path: string) => (prefix && path ? `${prefix}.${path}` : prefix || path)

/** valibot's issues in words for the person who wrote the file. */
export function describeIssues(
  schema: v.GenericSchema,
  input: unknown,
  issues: readonly v.BaseIssue<unknown>[],
  prefix = '',
): ConfigIssue[] {
  return issues.flatMap((issue): ConfigIssue[] => {
    const keys = (issue.path ?? []).map(item => String(item.key))
    const path = join(prefix, keys.join('.'))
    if (issue.kind === 'schema' && issue.type === 'union' && typeof issue.input === 'object' && issue.input !== null) {
      const branch = schemaAt(schema, keys, input)
      const inner = v.safeParse(branch, issue.input)
      return inner.issues ? describeIssues(branch, issue.input, inner.issues, path) : []
    }
    if (issue.kind === 'schema' && issue.type === 'strict_object' && issue.expected === 'never') {
      const key = keys.at(-1) ?? ''
      const known = Object.keys(readSchema(schemaAt(schema, keys.slice(0, -1), input)).entries ?? {})
      const near = nearestName(key, known)
      const text = `unknown key "${path}". ${near ? `Did you mean "${near}"? ` : ''}Known here: ${known.join(', ')}.`
      return [{ code: 'UNKNOWN_KEY', path, value: issue.input, text }]
    }
    if (issue.kind === 'schema' && issue.type === 'strict_object' && issue.path && issue.input === undefined) {
      return [{ code: 'MISSING_KEY', path, value: undefined, text: `"${path}" is missing. Add it.` }]
    }
    // A check over several keys is forwarded to one of them; its input is the whole object.
    const value = issue.path ? issue.path.at(-1)?.value : issue.input
    const text = `"${path}" is ${quote(value)}; expected ${expectation(issue)}.`
    return [{ code: 'WRONG_VALUE', path, value, text }]
  })
}
