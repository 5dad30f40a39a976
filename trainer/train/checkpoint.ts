import { existsSync, readFileSync } from 'node:fs'
import { type Network, networkParameters } from '../../models/blocks.ts'
import { readSafetensors, readSafetensorsMetadata, writeSafetensors } from '../../sdk/bundle/safetensors.ts'
import { ConfigError } from '../../sdk/errors.ts'
import { writeFileAtomically } from '../registry/write-file-atomically.ts'
import { type OptimisedParameter, optimisedParameter } from './adam.ts'
import type { OptimiserState } from './optimise.ts'

const PARTS = ['value', 'firstMoment', 'secondMoment', 'average'] as const

/** Writes the optimiser's whole state as one safetensors file; `fingerprint` says what it belongs to. */
export async function saveCheckpoint(path: string, state: OptimiserState, fingerprint: string): Promise<void> {
  const tensors = new Map(
    state.parameters.flatMap(p =>
      PARTS.map(part => [`${p.name}/${part}`, { dtype: 'F32' as const, shape: p.shape, data: p[part] }] as const),
    ),
  )
  const metadata = { step: String(state.step), seconds: String(state.seconds), fingerprint }
  await writeFileAtomically(path, writeSafetensors(tensors, metadata))
}

/**
 * The state saved at `path`, or null where there is none.
 * @throws ConfigError `OTHER_RUN` when it was made with other data or another config
 */
export function loadCheckpoint(path: string, network: Network, fingerprint: string): OptimiserState | null {
  if (!existsSync(path)) return null
  const bytes = readFileSync(path)
  const tensors = readSafetensors(bytes, path)
  const metadata = readSafetensorsMetadata(bytes, path)
  if (metadata.fingerprint !== fingerprint) {
    throw new ConfigError(
      'OTHER_RUN',
      `The checkpoint ${path} was made with another config or other data; it cannot be resumed with these. ` +
        'Resume with the config and data of that run, or start a new run without --resume.',
      { path, checkpoint: metadata.fingerprint, current: fingerprint },
    )
  }
  const parameters = networkParameters(network).map((spec): OptimisedParameter => {
    const [value, firstMoment, secondMoment, average] = PARTS.map(part =>
      (tensors.get(`${spec.name}/${part}`)!.data as Float32Array).slice(),
    )
    return { ...optimisedParameter(spec, value), firstMoment, secondMoment, average }
  })
  return { parameters, step: Number(metadata.step), seconds: Number(metadata.seconds) }
}
