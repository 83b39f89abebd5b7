import { delay } from '../delay.ts'
import { insist } from '../insist.ts'
import type { Session } from '../session.ts'
import type { Connection } from './connection.ts'
import type { Language } from './language.ts'

/** Renews the token in time for as long as the connection lives, and shows it each new one, whoever had it renewed. */
export async function keepSignedIn<L extends Language>(connection: Connection<L>, session: Session): Promise<void> {
  const { ended } = connection
  // Where it cannot go on with the next token, the next connection begins with it, or tells what is wrong.
  const abandon = () => connection.abandon()
  const stop = session.on('renewed', (token) => void connection.renew(token).catch(abandon))
  try {
    while (!ended.aborted) {
      await delay(session.renewAt - Date.now(), ended)
      if (!ended.aborted) await insist(() => session.getToken(), ended)
    }
  } catch {
    abandon()
  } finally {
    stop()
  }
}
