import { delay, fullJitter } from '../delay.ts'
import type { Session } from '../session.ts'
import type { Connection } from './connection.ts'

const retryBounds = { firstMs: 1_000, mostMs: 15_000 }

/** Renews the token in time for as long as the connection lives, and shows it each new one, whoever had it renewed. */
export async function keepSignedIn(connection: Connection, session: Session): Promise<void> {
  const { ended } = connection
  const stop = session.on('renewed', (token) => {
    // A token that is refused ends the socket, and the next one begins with another.
    connection.renew(token).catch(() => undefined)
  })
  let failures = 0
  while (!ended.aborted) {
    await delay(session.renewAt - Date.now(), ended)
    if (ended.aborted) break
    const isRenewed = await session.getToken().then(
      () => true,
      () => false,
    )
    failures = isRenewed ? 0 : failures + 1
    if (!isRenewed) await delay(fullJitter(failures, retryBounds), ended)
  }
  stop()
}
