import { AbortedError, ServiceError } from '../errors.ts'

export interface FetchFileOptions {
  readonly signal?: AbortSignal | undefined
  /** Called for each chunk with its length. */
  readonly onBytes?: (bytes: number) => void
}

/**
 * Downloads one file.
 * @throws ServiceError `DOWNLOAD_FAILED` with `details.url` and `details.status` (null when no answer came); AbortedError
 */
export async function fetchFile(url: string, { signal, onBytes }: FetchFileOptions): Promise<Uint8Array> {
  try {
    // Revalidated, never taken blindly from the HTTP cache: a fresh manifest with stale weights would read as altered.
    const response = await fetch(url, { cache: 'no-cache', signal: signal ?? null })
    if (!response.ok) throw answeredBadly(url, response)
    return await readBody(response, onBytes)
  } catch (cause) {
    if (signal?.aborted) throw new AbortedError(`Downloading ${url}`)
    if (cause instanceof ServiceError) throw cause
    throw new ServiceError(
      'DOWNLOAD_FAILED',
      `${url} could not be downloaded: ${(cause as Error).message}. Check the connection, and that the server allows this page's origin (CORS).`,
      { url, status: null },
    )
  }
}

async function readBody(response: Response, onBytes: FetchFileOptions['onBytes']): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  const reader = response.body?.getReader()
  for (let part = await reader?.read(); part?.value; part = await reader?.read()) {
    chunks.push(part.value)
    onBytes?.(part.value.length)
  }
  const bytes = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0))
  let offset = 0
  for (const chunk of chunks) {
    bytes.set(chunk, offset)
    offset += chunk.length
  }
  return bytes
}

function answeredBadly(url: string, { status, statusText }: Response): ServiceError {
  const remedy =
    status === 404
      ? 'Check the address: a bundle is the URL of the folder that holds its manifest.json.'
      : 'Check the server, then try again.'
  return new ServiceError(
    'DOWNLOAD_FAILED',
    `${url} was answered with ${`${status} ${statusText}`.trim()}. ${remedy}`,
    {
      url,
      status,
    },
  )
}
