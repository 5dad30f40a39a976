import { buildNetwork } from '../../models/network.ts'
import { BundleError } from '../errors.ts'
import { BUNDLE_FILES, type Bundle, type BundleFiles } from './bundle.ts'
import { decodeBundle } from './decode-bundle.ts'
import type { Manifest } from './manifest.ts'
import { parseManifest } from './parse-manifest.ts'
import { sha256Hex } from './sha256.ts'
import { fileOf, takeFile } from './take-file.ts'

/**
 * Verifies and decodes a bundle: its manifest, the size and SHA-256 of every file, every tensor against the network.
 * @param where names the bundle in errors: its URL or folder
 * @throws BundleError `FILE_MISSING`, `INVALID_JSON`, `FORMAT_VERSION`, `INVALID_MANIFEST`, `FILE_ALTERED`,
 *   `TENSOR_MISMATCH` and others of a broken file
 */
export async function openBundle(files: BundleFiles, where: string): Promise<Bundle> {
  const manifest = readManifest(takeFile(files, BUNDLE_FILES.manifest, where), fileOf(where, BUNDLE_FILES.manifest))
  await verifyFiles(files, manifest, where)
  return decodeBundle({ files, manifest, network: buildNetwork(manifest.network), where })
}

/**
 * Checks that every file the manifest lists is there, unaltered.
 * @throws BundleError `FILE_MISSING`, `FILE_ALTERED`
 */
export async function verifyFiles(files: BundleFiles, manifest: Manifest, where: string): Promise<void> {
  for (const [name, listed] of Object.entries(manifest.files)) {
    await verifyFile(takeFile(files, name, where), listed, fileOf(where, name))
  }
}

/**
 * A manifest from the bytes of its file.
 * @throws BundleError `INVALID_JSON`, `FORMAT_VERSION`, `INVALID_MANIFEST`
 */
export function readManifest(bytes: Uint8Array, where: string): Manifest {
  let json: unknown
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (cause) {
    throw new BundleError(
      'INVALID_JSON',
      `${where} is not JSON: ${(cause as Error).message}. Give the address of a bundle's folder, where its manifest.json lies.`,
      { file: where },
    )
  }
  return parseManifest(json, where)
}

/**
 * Checks one file against what the manifest lists.
 * @throws BundleError `FILE_ALTERED` with both sizes and hashes
 */
export async function verifyFile(
  bytes: Uint8Array,
  listed: { readonly sha256: string; readonly bytes: number },
  where: string,
): Promise<void> {
  const sha256 = await sha256Hex(bytes)
  if (bytes.length === listed.bytes && sha256 === listed.sha256) return
  throw new BundleError(
    'FILE_ALTERED',
    `${where} is truncated or altered: it has ${bytes.length} bytes with SHA-256 ${sha256}, and the manifest lists ${listed.bytes} bytes with ${listed.sha256}. Download the bundle again; if it persists, it was published incompletely.`,
    { file: where, expected: listed, actual: { sha256, bytes: bytes.length } },
  )
}
