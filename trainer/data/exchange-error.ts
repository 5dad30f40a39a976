import { EdgeQuantError } from '../../sdk/errors.ts'

/** An exchange that cannot be reached, does not have what was asked for, or refused it. */
export class ExchangeError extends EdgeQuantError {
  static override readonly errorName = 'ExchangeError'
}
