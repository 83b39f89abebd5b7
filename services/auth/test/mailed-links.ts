import { readFileSync } from 'node:fs'
import type { LogLine } from '@secureconnect/logging/testing'
import { wakeChannel } from '@secureconnect/outbox'
import { column } from '@secureconnect/sql'
import { Type } from 'typebox'
import { mailRequestTopic } from '../src/recovery/request-mail.ts'
import type { MailPurpose } from '../src/stores/mail-tokens.ts'
import { type Auth, ask } from './test-auth.ts'

type Wanted = { to: string; type: string; count?: number }

/** The mails of a kind to somebody, in their order, as soon as there are so many: text and link of each. */
export async function waitForMails(
  { lines, line }: Pick<Auth, 'lines' | 'line'>,
  { to, type, count = 1 }: Wanted,
): Promise<{ text: string; link: string }[]> {
  const read = ({ file }: LogLine) => readFileSync(String(file), 'utf8')
  const header = `\r\nto: ${to.toLowerCase()}\r\n`
  const isIt = (one: LogLine) =>
    one.message === 'mail written' && one.type === type && read(one).toLowerCase().includes(header)
  const find = () => lines.filter(isIt)
  await line((one) => one.message === 'mail written' && find().length >= count)
  return find().map((one) => ({ text: read(one), link: String(one.link) }))
}

export function readToken(link: string): string {
  return new URLSearchParams(new URL(link).hash.slice(1)).get('token') ?? ''
}

/** The token of the newest link of a kind to somebody, who has got so many. */
export async function mailedToken(
  auth: Pick<Auth, 'lines' | 'line'>,
  { to, purpose, count = 1 }: { to: string; purpose: MailPurpose; count?: number },
): Promise<string> {
  const mails = await waitForMails(auth, { to, type: purpose, count })
  return readToken(mails[count - 1]?.link ?? '')
}

const Count = Type.Object({ rows: column.integer })

/** Waits until everything that was asked for by mail was answered, and every mail has gone out. */
export async function waitForQuiet({ context: { sql, kv } }: Pick<Auth, 'context'>): Promise<void> {
  // Nothing else wakes the relay for what was asked for by mail, which would wait for its next sweep.
  await kv.publish(wakeChannel(mailRequestTopic), 'now')
  const count = () => sql.one(Count)`select count(*) as rows from outbox where dead_at is null`
  while ((await count()).rows > 0) await new Promise((done) => setTimeout(done, 10))
}

/** Asks for a link by mail, as somebody who is not signed in, and waits until that was dealt with. */
export async function requestLink(
  auth: Pick<Auth, 'address' | 'context'>,
  what: 'verify-email/resend' | 'password-reset/request',
  email: string,
) {
  const answer = await ask(`${auth.address}/v1/auth/${what}`, { body: { email } })
  await waitForQuiet(auth)
  return answer
}

/** Tokens that count for nothing, made from one that does; each with what is wrong with it. */
export function spoilToken(token: string): [string, string][] {
  const changed = (at: number) => `${token.slice(0, at)}${token[at] === 'A' ? 'B' : 'A'}${token.slice(at + 1)}`
  return [
    ['another row', changed(3)],
    ['another proof', changed(40)],
    ['another last letter', changed(token.length - 1)],
    ['truncated', token.slice(0, -1)],
    ['half', token.slice(0, 32)],
    ['too long', `${token}A`],
    ['padded', `${token}=`],
    ['with a line break', `${token}\n`],
    ['no token at all', "'; drop table users; --"],
    ['Unicode', '\u202eтокен\ud83d\ude00'],
  ]
}
