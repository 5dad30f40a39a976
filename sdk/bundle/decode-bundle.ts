import type { Network } from '../../models/blocks.ts'
import { BUNDLE_FILES, type Bundle, type BundleFiles } from './bundle.ts'
import { decodeGolden } from './golden.ts'
import type { Manifest } from './manifest.ts'
import { fileOf, takeFile } from './take-file.ts'
import { decodeWeights } from './weights.ts'

/** What a page hands to its worker: checked, and not decoded yet. */
export interface VerifiedBundle {
  readonly manifest: Manifest
  /** The manifest's, built. */
  readonly network: Network
  readonly files: BundleFiles
  /** Names the bundle in errors. */
  readonly where: string
}

/**
 * Decodes files that have been verified against a manifest that has been parsed; a worker gets both from its page.
 * @throws BundleError `FILE_MISSING`, `TENSOR_MISMATCH` and others of a broken file
 */
export function decodeBundle({ files, manifest, network, where }: VerifiedBundle): Bundle {
  const read = (name: string) => [takeFile(files, name, where), manifest, network, fileOf(where, name)] as const
  return {
    manifest,
    network,
    weights: decodeWeights(...read(BUNDLE_FILES.weights)),
    golden: decodeGolden(...read(manifest.golden.file)),
  }
}
