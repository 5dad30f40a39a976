import { FeatureError } from '../errors.ts'
import { type Expression, formatExpression, parseExpression } from './expression.ts'
import type { FeatureContext, FeatureFamily } from './feature.ts'
import type { Series } from './graph/graph.ts'
import type { Scope } from './graph/scope.ts'
import { eachTime } from './op/each-row.ts'
import type { Parameter } from './parameters.ts'
import { addedFamilies } from './register-feature.ts'
import { findFamily } from './registry.ts'

/** A feature of a set: its family with arguments that fit. */
export interface ResolvedFeature {
  /** In the one way it is written. */
  readonly name: string
  readonly family: FeatureFamily
  readonly args: Readonly<Record<string, unknown>>
}

/** @throws FeatureError `BAD_FEATURE_NAME`, `UNKNOWN_FEATURE`, `BAD_PARAMETER` */
export const resolveFeature = (name: string): ResolvedFeature => resolveExpression(parseExpression(name))

export function resolveExpression(expression: Expression): ResolvedFeature {
  const name = formatExpression(expression)
  const family = findFamily(expression.text)
  const expected = Object.entries(family.parameters)
  const wanted = expected.map(([parameter, { expected }]) => `${parameter} (${expected})`).join(', ') || 'none'
  if (expression.args.length !== expected.length) {
    throw new FeatureError(
      'BAD_PARAMETER',
      `The feature "${name}" has ${expression.args.length} arguments; ${family.name} takes ${expected.length}: ${wanted}. Example: ${family.examples[0]}.`,
      { feature: name, given: expression.args.length, expected: expected.length },
    )
  }
  const args = expected.map(([parameter, { read, expected }], i) => {
    const value = read(expression.args[i])
    if (value === undefined) {
      const given = formatExpression(expression.args[i])
      throw new FeatureError(
        'BAD_PARAMETER',
        `The feature "${name}" has ${parameter} = ${given}; expected ${expected}${writtenPlainly(expression.args[i], read)}. Example: ${family.examples[0]}.`,
        { feature: name, parameter, value: given, expected },
      )
    }
    // an argument that is itself a feature is checked with the feature it belongs to
    if (typeof value === 'object') resolveExpression(value as Expression)
    return [parameter, value] as const
  })
  return { name, family, args: Object.fromEntries(args) }
}

/** A number has one way to be written, so that a feature has one name. */
function writtenPlainly({ text, args }: Expression, read: Parameter<unknown>['read']): string {
  const plain = String(Number(text))
  return args.length === 0 && read({ text: plain, args }) !== undefined ? `, written ${plain}` : ''
}

/** A feature as a series of the scope's symbol, whatever its kind. */
export function buildSeries(scope: Scope, { name, family, args }: ResolvedFeature): Series {
  // an app cannot know our keys, nor two apps each other's
  const owner = addedFamilies.get(family.name) === family ? family.name : ''
  return scope.graph.ownedBy(owner, () => {
    if (family.kind === 'observed') return family.build(scope, args)
    return eachTime(`${name} of ${scope.symbol}`, scope.graph, scope.axis, knownValue(scope, { name, family, args }))
  })
}

/** A static or known feature as a function of time. */
export function knownValue(context: FeatureContext, { family, args }: ResolvedFeature): (openTimeMs: number) => number {
  if (family.kind === 'known') return family.at(context, args)
  const value = family.kind === 'static' ? family.valueOf(context, args) : Number.NaN
  return () => value
}
