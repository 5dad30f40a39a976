import { type ColumnType, type DataKind, KINDS, type KindSchema, type Table } from '../kind.ts'
import { type Duck, identifier } from './duck.ts'

type Extra = Readonly<Record<string, ColumnType>>

/**
 * Rows that `sql` selects, sorted by the kind's key, with the kind's columns and those of `extra`. NaN where a number is
 * not there.
 */
export async function readRows(duck: Duck, kind: DataKind, sql: string, extra: Extra = {}): Promise<Table> {
  const schema: KindSchema = KINDS[kind]
  const columns = [
    ...Object.entries(schema.columns).map(([name, { type }]) => ({ name, type })),
    ...Object.entries(extra).map(([name, type]) => ({ name, type })),
  ]
  const selected = columns.map(({ name, type }) => VALUE_SQL[type](identifier(name))).join(', ')
  const order = schema.key.map(identifier).join(', ')
  const chunks = await duck.connect(async connection => {
    const result = await connection.run(`SELECT ${selected} FROM (${sql}) ORDER BY ${order}`)
    return await result.fetchAllChunks()
  })
  const length = chunks.reduce((sum, chunk) => sum + chunk.rowCount, 0)
  const table: Record<string, Float64Array | string[]> = {}
  columns.forEach(({ name, type }, i) => {
    const vectors = chunks.map(chunk => chunk.getColumnVector(i))
    if (type === 'text') {
      table[name] = vectors.flatMap(vector => vector.toArray() as string[])
      return
    }
    const numbers = new Float64Array(length)
    let row = 0
    for (const vector of vectors) {
      for (let i = 0; i < vector.itemCount; i++) numbers[row++] = vector.getItem(i) as number
    }
    table[name] = numbers
  })
  return { length, columns: table }
}

/** In the database, so that no value becomes an object on the way. */
const VALUE_SQL: Record<ColumnType, (column: string) => string> = {
  time: column => `epoch_ms(${column})::DOUBLE`,
  number: column => `coalesce(${column}::DOUBLE, 'NaN'::DOUBLE)`,
  text: column => column,
}
