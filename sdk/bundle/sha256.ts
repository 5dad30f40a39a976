import { BundleError } from '../errors.ts'

/**
 * SHA-256 as 64 lower-case hexadecimal digits.
 * @throws BundleError `NO_WEBCRYPTO` where the browser withholds WebCrypto
 */
export async function sha256Hex(bytes: Uint8Array): Promise<string> {
  // Absent on pages that are not secure contexts, whatever the DOM types say.
  const subtle: SubtleCrypto | undefined = globalThis.crypto?.subtle
  if (!subtle) {
    throw new BundleError(
      'NO_WEBCRYPTO',
      'A bundle cannot be verified here: browsers offer WebCrypto to https:// and localhost pages only. Serve the page over https.',
    )
  }
  const digest = new Uint8Array(await subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>))
  return Array.from(digest, byte => byte.toString(16).padStart(2, '0')).join('')
}
