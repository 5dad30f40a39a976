import { fetchJsonIfPresent, siteUrl } from './fetch-json.ts'

/** One line of `/bundles/index.json`. */
export interface BundleEntry {
  readonly name: string
  readonly version: string
  /** Folder of the bundle, ending in `/`. */
  readonly url: string
  /** Was it trained on the market simulator? */
  readonly simulated: boolean
}

/** The bundles this site offers; empty when it lists none. */
export async function listBundles(): Promise<BundleEntry[]> {
  const entries = await fetchJsonIfPresent<BundleEntry[]>(siteUrl('bundles/index.json'))
  return (entries ?? []).map(entry => ({ ...entry, url: new URL(entry.url, location.href).href }))
}

/** `?bundle=/bundles/name/1.0.0/` asks for one bundle by its URL. */
export function bundleFromAddress(): string | null {
  const asked = new URLSearchParams(location.search).get('bundle')
  return asked === null ? null : new URL(asked.endsWith('/') ? asked : `${asked}/`, location.href).href
}
