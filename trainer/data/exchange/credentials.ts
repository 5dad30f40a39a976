import type { Credentials } from '../../../sdk/source/exchange/create-client.ts'

/**
 * An exchange's API key from the environment, `EDGEQUANT_<EXCHANGE>_API_KEY`, `…_SECRET` and, for exchanges that want one,
 * `…_PASSWORD`; null where there is none. Few endpoints of market data need it.
 */
export function credentialsFromEnvironment(
  exchange: string,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Credentials | null {
  const value = (name: string) => environment[`EDGEQUANT_${exchange.toUpperCase()}_${name}`]
  const [apiKey, secret, password] = [value('API_KEY'), value('SECRET'), value('PASSWORD')]
  if (!apiKey || !secret) return null
  return { apiKey, secret, ...(password ? { password } : {}) }
}
