import { Fault } from '../fault.ts'
import { ask } from '../verify/ask.ts'

const basic = (password: string) => `Basic ${Buffer.from(`admin:${password}`).toString('base64')}`

/** Gives Grafana's administrator another password; where he has that one already, all is well. */
export async function tellGrafana(
  _root: string,
  { old, next }: { old: string; next: string },
  grafana = 'http://127.0.0.1:3000',
): Promise<void> {
  const known = await ask(`${grafana}/api/user`, { headers: { authorization: basic(next) } })
  if (known.status === 200) return
  const body = JSON.stringify({ oldPassword: old, newPassword: next, confirmNew: next })
  const headers = { authorization: basic(old), 'content-type': 'application/json' }
  const { status } = await ask(`${grafana}/api/user/password`, { method: 'PUT', headers, body })
  if (status === 200) return
  throw new Fault(
    `Grafana did not take the new password: it answers ${status}.`,
    'Where somebody changed it by hand, put that one into secrets/grafana_admin_password and run the same again.',
  )
}
