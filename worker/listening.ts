import { type Remote, releaseProxy } from 'comlink'

/** A function or object of the page, as comlink hands it over. */
type Release = { [releaseProxy](): void }

/**
 * Uses what the page handed over for a call, and closes the channel that comlink opened for it: one would be left behind
 * by every call.
 */
export async function listening<L extends object, T>(
  listener: L,
  run: (listener: Remote<L>) => Promise<T>,
): Promise<T> {
  const remote = listener as unknown as Remote<L> & Release
  try {
    return await run(remote)
  } finally {
    remote[releaseProxy]()
  }
}
