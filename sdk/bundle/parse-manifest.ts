import * as v from 'valibot'
import { BundleError } from '../errors.ts'
import { FORMAT_VERSION, type Manifest, manifestSchema } from './manifest.ts'
import { findContradictions, type ManifestIssue } from './manifest-checks.ts'

/** Enough to see a pattern; all of them are in the error's details. */
const ISSUES_IN_MESSAGE = 8

/**
 * Checks a manifest completely: its schema, and that its parts agree.
 * @param where names the manifest in errors
 * @throws BundleError `FORMAT_VERSION`, or `INVALID_MANIFEST` with `details.issues` (path, value, expected of each)
 */
export function parseManifest(json: unknown, where: string): Manifest {
  checkFormatVersion(json, where)
  const result = v.safeParse(manifestSchema, json)
  const issues = result.success ? findContradictions(result.output) : result.issues.map(describeIssue)
  if (result.success && issues.length === 0) return result.output

  const lines = issues.slice(0, ISSUES_IN_MESSAGE).map(i => `\n- ${i.path}: ${quote(i.value)}; expected ${i.expected}`)
  const more = issues.length > ISSUES_IN_MESSAGE ? `\n- and ${issues.length - ISSUES_IN_MESSAGE} more` : ''
  throw new BundleError(
    'INVALID_MANIFEST',
    `${where} is not a valid manifest:${lines.join('')}${more}\nExport the bundle again with the trainer.`,
    { file: where, issues },
  )
}

/** First of all, since another format may differ in anything else. */
function checkFormatVersion(json: unknown, where: string): void {
  const found = (json as { formatVersion?: unknown } | null | undefined)?.formatVersion
  if (typeof found !== 'number' || found === FORMAT_VERSION) return
  const remedy =
    found > FORMAT_VERSION ? 'Update the edgequant package' : 'Export the bundle again with the current trainer'
  throw new BundleError(
    'FORMAT_VERSION',
    `${where} has bundle format version ${found}; this version of edgequant reads ${FORMAT_VERSION}. ${remedy}.`,
    { file: where, found, supported: FORMAT_VERSION },
  )
}

function describeIssue(issue: v.BaseIssue<unknown>): ManifestIssue {
  const path = v.getDotPath(issue) ?? '(the whole)'
  const isUnknownKey = issue.kind === 'schema' && issue.expected === 'never'
  if (isUnknownKey) return { path, value: issue.path?.at(-1)?.value, expected: 'no such key' }
  const said = issue.kind === 'validation' && !issue.message.startsWith('Invalid') ? issue.message : issue.expected
  return { path, value: issue.input, expected: said ?? issue.message }
}

function quote(value: unknown): string {
  const text = JSON.stringify(value) ?? 'absent'
  return text.length > 100 ? `${text.slice(0, 99)}…` : text
}
