import { readFileSync } from 'node:fs'
import type { TestContext } from 'node:test'
import type { LogLine } from '@secureconnect/logging/testing'
import { type Auth, ask } from './test-auth.ts'

type Guess = { password?: string; from?: string | undefined; device_token?: string; totp?: string | undefined }

/** Signs in, with a wrong password unless one is given, from the given address. */
export function guess(
  { address }: Pick<Auth, 'address'>,
  email: string,
  { password = 'not the password', from, ...more }: Guess = {},
) {
  return ask(`${address}/v1/auth/login`, {
    body: { email, password, ...more },
    ...(from !== undefined && { headers: { 'x-forwarded-for': from } }),
  })
}

/** Does something several times, one after the other. */
export async function repeat<T>(times: number, work: (index: number) => Promise<T>): Promise<T[]> {
  const results: T[] = []
  for (let index = 0; index < times; index += 1) results.push(await work(index))
  return results
}

/** Lets all locks end now. */
export async function endLocks({ context }: Pick<Auth, 'context'>): Promise<void> {
  await context.sql.execute`update login_counters set locked_until = clock_timestamp()`
}

/** Counts how often a password is really looked at. */
export function countVerifications(t: TestContext, { context }: Auth) {
  return t.mock.method(context.passwords, 'verify').mock
}

/** What the mails to somebody were about, in their order, as soon as there are so many. */
export async function mailsTo({ lines, line }: Pick<Auth, 'lines' | 'line'>, email: string, count: number) {
  const isToHim = ({ message, file }: LogLine) =>
    message === 'mail written' && readFileSync(String(file), 'utf8').toLowerCase().includes(email.toLowerCase())
  const find = () => lines.filter(isToHim)
  await line(() => find().length >= count)
  return find().map(({ type }) => type)
}
