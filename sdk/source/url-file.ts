import { AbortedError, EdgeQuantError, SourceError } from '../errors.ts'

export interface UrlFileOptions {
  readonly fetch: typeof globalThis.fetch
  readonly signal: AbortSignal | undefined
}

/** A file that is smaller is read by one request. */
const SMALL_FILE_BYTES = 256 * 1024

/**
 * A file on a server, of which stretches are read where the server can do that.
 * @throws SourceError `DOWNLOAD_FAILED`, `NOT_A_CANDLE_FILE`, `FILE_CHANGED`; AbortedError
 */
export class UrlFile {
  readonly url: string
  readonly #options: UrlFileOptions
  #whole: Promise<ArrayBuffer> | null = null
  /** As the server names the version of the file that was read first. */
  #version: string | null = null

  constructor(url: string, options: UrlFileOptions) {
    this.url = url
    this.#options = options
  }

  /** The whole file, by one request. */
  read(): Promise<ArrayBuffer> {
    this.#whole ??= this.#request({}).then(({ body }) => body)
    return this.#whole
  }

  /** Bytes of the file, for which it is downloaded where the server does not tell. */
  async size(): Promise<number> {
    // With a range, the size told is not that of a compressed answer; of a whole file, an answer has no end.
    const { response } = await this.#request({ method: 'HEAD', headers: { range: 'bytes=0-' } })
    const told = Number(response.headers.get('content-length') ?? Number.NaN)
    if (response.ok && told > SMALL_FILE_BYTES) return told
    return (await this.read()).byteLength
  }

  /** Bytes `from … to` (excluded). */
  async slice(from: number, to: number): Promise<ArrayBuffer> {
    if (this.#whole !== null) return (await this.#whole).slice(from, to)
    const { response, body } = await this.#request({ headers: { range: `bytes=${from}-${to - 1}` } })
    if (response.status !== 206) {
      this.#whole = Promise.resolve(body)
      return body.slice(from, to)
    }
    if (body.byteLength === to - from) return body
    throw new SourceError(
      'DOWNLOAD_FAILED',
      `${this.url}: asked for bytes ${from} to ${to - 1}, and got ${body.byteLength} in place of ${to - from}. Try again; if it stays, the server or a proxy does not know ranges.`,
      { url: this.url, status: response.status, from, to, bytes: body.byteLength },
    )
  }

  async #request(init: RequestInit): Promise<{ response: Response; body: ArrayBuffer }> {
    const { fetch, signal } = this.#options
    try {
      // Revalidated: what a cache has of one version must not be joined to what the server has of another.
      const response = await fetch(this.url, { ...init, cache: 'no-cache', signal: signal ?? null })
      const body = await response.arrayBuffer()
      // Servers that have no answer to HEAD have one to GET; what is not there, is there for neither.
      const isMissing = response.status === 404 || response.status === 410
      if (!response.ok && (init.method !== 'HEAD' || isMissing)) throw this.#refused(response)
      if (response.ok) this.#checkVersion(response)
      return { response, body }
    } catch (cause) {
      if (signal?.aborted) throw new AbortedError(`Downloading ${this.url}`)
      if (cause instanceof EdgeQuantError) throw cause
      throw new SourceError(
        'DOWNLOAD_FAILED',
        `${this.url} could not be downloaded: ${messageOf(cause)}. Check the address and the connection, and that the server allows this page's origin (CORS).`,
        { url: this.url, status: null, cause: messageOf(cause) },
      )
    }
  }

  #refused({ status, statusText }: Response): SourceError {
    const answer = `${status} ${statusText}`.trim()
    return new SourceError(
      'DOWNLOAD_FAILED',
      `${this.url} was answered with ${answer}; expected a file of candles. ${status === 404 ? 'Check the address.' : 'Check the server, then try again.'}`,
      { url: this.url, status },
    )
  }

  #checkVersion({ headers }: Response): void {
    const version = headers.get('etag') ?? headers.get('last-modified')
    if (version === null) return
    this.#version ??= version
    if (version === this.#version) return
    throw new SourceError(
      'FILE_CHANGED',
      `${this.url} was replaced while it was read: it was version ${this.#version}, and is ${version} now. Ask again.`,
      { url: this.url, before: this.#version, now: version },
    )
  }
}

/** What `fetch` says, and why, where it says that apart. */
function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error && error.cause.message !== ''
    ? `${error.message} (${error.cause.message})`
    : error.message
}
