import { type Client, errors } from 'cassandra-driver'
import type { CassandraConfig } from '../config.ts'
import { createClient } from './cassandra-client.ts'

export type Outcome = 'done' | 'refused' | 'away'

export const inQuotes = (text: string) => `'${text.replaceAll("'", "''")}'`
export const asName = (text: string) => `"${text.replaceAll('"', '""')}"`

/** A server that has just begun, or is busy, may leave a statement without an answer. */
function toOutcome(error: unknown): Outcome {
  if (error instanceof errors.OperationTimedOutError) return 'away'
  if (!(error instanceof errors.NoHostAvailableError)) throw error
  const reasons: unknown[] = Object.values(error.innerErrors)
  return reasons.some((reason) => reason instanceof errors.AuthenticationError) ? 'refused' : 'away'
}

/** Does under a login what may be done again, where the server is there and takes that login. */
export async function actAs(config: CassandraConfig, act: (client: Client) => Promise<void>): Promise<Outcome> {
  const { client, close } = await createClient(config)
  try {
    await client.connect()
    await act(client)
    return 'done'
  } catch (error) {
    return toOutcome(error)
  } finally {
    await close()
  }
}
