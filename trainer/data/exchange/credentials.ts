import type { Credentials } from '../../../sdk/source/exchange/create-client.ts'

/**
 * API keys from the environment, by exchange: `EDGEQUANT_<EXCHANGE>_API_KEY`, `…_SECRET` and, for exchanges that want one,
 * `…_PASSWORD`. An exchange without them is left out: few market data need a key.
 */
export function credentialsFromEnvironment(
  exchanges: readonly string[],
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Record<string, Credentials> {
  const found: Record<string, Credentials> = {}
  for (const exchange of exchanges) {
    const value = (name: string) => environment[`EDGEQUANT_${exchange.toUpperCase()}_${name}`]
    const [apiKey, secret, password] = [value('API_KEY'), value('SECRET'), value('PASSWORD')]
    if (apiKey && secret) found[exchange] = { apiKey, secret, ...(password ? { password } : {}) }
  }
  return found
}
