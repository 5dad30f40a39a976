/** JSON at a URL, or null where there is none. Hosts that answer unknown paths with a page count as having none. */
export async function fetchJsonIfPresent<T>(url: string): Promise<T | null> {
  const response = await fetch(url)
  if (response.status === 404 || !response.headers.get('content-type')?.includes('json')) return null
  if (!response.ok) throw new Error(`${url} answered HTTP ${response.status} ${response.statusText}.`)
  return (await response.json()) as T
}

/** A file beside the page, wherever the page is hosted. */
export const siteUrl = (path: string): string => new URL(path, new URL(import.meta.env.BASE_URL, location.href)).href
