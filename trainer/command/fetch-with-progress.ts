import type { CandleFile } from '../data/candle-file.ts'
import { type FetchCandlesOptions, fetchCandles } from '../data/fetch-candles.ts'
import { integer } from '../report/format.ts'
import type { Terminal } from './terminal.ts'

/** Asks an exchange for candles under a progress bar, which is gone when this returns or throws. */
export async function fetchWithProgress(
  terminal: Terminal,
  options: Omit<FetchCandlesOptions, 'onProgress'>,
): Promise<CandleFile[]> {
  const bar = terminal.progress()
  try {
    return await fetchCandles({
      ...options,
      onProgress: (done, total) => bar.update(done / total, `${integer(done)} candles`),
    })
  } finally {
    bar.stop()
  }
}
