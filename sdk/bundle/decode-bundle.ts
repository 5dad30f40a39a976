import { buildNetwork } from '../../models/network.ts'
import { BUNDLE_FILES, type Bundle, type BundleFiles } from './bundle.ts'
import { decodeGolden } from './golden.ts'
import type { Manifest } from './manifest.ts'
import { fileOf, takeFile } from './take-file.ts'
import { decodeWeights } from './weights.ts'

/**
 * Decodes files that have been verified against a manifest that has been parsed; a worker gets both from its page.
 * @throws BundleError `FILE_MISSING`, `TENSOR_MISMATCH` and others of a broken file
 */
export function decodeBundle(files: BundleFiles, manifest: Manifest, where: string): Bundle {
  const network = buildNetwork(manifest.network)
  const read = (name: string) => [takeFile(files, name, where), manifest, network, fileOf(where, name)] as const
  return {
    manifest,
    network,
    weights: decodeWeights(...read(BUNDLE_FILES.weights)),
    golden: decodeGolden(...read(manifest.golden.file)),
  }
}
