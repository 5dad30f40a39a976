import { integer } from '../../report/format.ts'

/** `1 row`, `1,234 rows` */
export const countOf = (count: number, noun: string): string => `${integer(count)} ${noun}${count === 1 ? '' : 's'}`
