import { randomUUID } from 'node:crypto'
import type { ErrorCode } from '@secureconnect/protocol'
import type { Input, Values } from '@secureconnect/test/helpers'
import { createTotpCode, generateTotpSecret, toTotpStep } from '../../src/second-factor/totp.ts'
import { type MailPurpose, replaceMailToken } from '../../src/stores/mail-tokens.ts'
import { enableTotp, saveTotpSecret } from '../../src/stores/second-factors.ts'
import { type Auth, ask, goodPassword, newPerson } from '../test-auth.ts'
import type { CallerName, People, Person } from './people.ts'

type Surroundings = { auth: Auth; people: People; owner: Person }

export type Fixture = {
  /** What of the input cannot be made up, because it has to be somebody's or something's. */
  input?: (surroundings: Surroundings) => Partial<Input> | Promise<Partial<Input>>
  headers?: (surroundings: Surroundings) => Record<string, string>
  /** The answer to good input where that is not success. */
  answer?: ErrorCode
  /** The answers to those who get another one; a stranger names what belongs to the owner. */
  as?: Readonly<Partial<Record<CallerName, ErrorCode>>>
}

/** What fields of these names hold, in whichever operation they stand. */
export async function createNamedValues(people: People): Promise<Values> {
  const { user } = await people.create()
  const { email, username } = newPerson()
  return {
    user_id: user.user_id,
    email,
    new_email: email,
    username,
    password: goodPassword,
    old_password: goodPassword,
    new_password: 'eleven loud mountains',
  }
}

async function askFriendship({ auth, people, owner }: Surroundings): Promise<Partial<Input>> {
  const { access_token, user } = await people.create()
  const url = `${auth.address}/v1/users/${owner.user.user_id}/friend`
  await ask(url, { method: 'POST', token: access_token })
  return { params: { user_id: user.user_id } }
}

/** An authenticator app of the owner's, and the code that it shows now. */
async function setUpApp({ auth, owner }: Surroundings, { isInUse }: { isInUse: boolean }): Promise<Partial<Input>> {
  const { sql, factorKeys } = auth.context
  const { user_id: userId } = owner.user
  const secret = generateTotpSecret()
  await sql.transaction(async (tx) => {
    await saveTotpSecret(tx, { userId, sealedSecret: factorKeys.seal(secret, userId) })
    if (isInUse) await enableTotp(tx, userId)
  })
  return { body: { code: createTotpCode(secret, toTotpStep(new Date())) } }
}

async function finishExport({ auth, owner }: Surroundings): Promise<Partial<Input>> {
  await auth.context.sql.execute`
    insert into account_jobs (job_id, user_id, kind, remaining, finished_at, expires_at)
    values (${randomUUID()}, ${owner.user.user_id}, 'export', '{}', now(), now() + interval '1 hour')
    on conflict (user_id, kind) do nothing`
  return {}
}

/** The token of a link that was mailed to the owner. */
async function mailToken({ auth, owner }: Surroundings, purpose: MailPurpose): Promise<Partial<Input>> {
  const { sql, mailTokens } = auth.context
  const newEmail = purpose === 'email-change' ? newPerson().email : undefined
  const row = await sql.transaction((tx) => replaceMailToken(tx, { userId: owner.user.user_id, purpose, newEmail }))
  return { body: { token: mailTokens.create(row) } }
}

/** What operations need besides input that fits their schemas. One that needs nothing is not named here. */
export const fixtures: Readonly<Record<string, Fixture>> = {
  'auth.register': { input: () => ({ body: newPerson() }) },
  'auth.login': {
    input: ({ owner }) => ({ body: { email: owner.user.email, password: goodPassword } }),
    as: { banned: 'ACCOUNT_BANNED', erasing: 'INVALID_CREDENTIALS' },
  },
  'auth.refresh': {
    input: ({ owner }) => ({ body: { refresh_token: owner.refresh_token } }),
    as: { banned: 'ACCOUNT_BANNED', erasing: 'INVALID_GRANT', 'revoked session': 'INVALID_GRANT' },
  },
  'auth.verify-email': { input: (surroundings) => mailToken(surroundings, 'verification') },
  'auth.password-reset.confirm': {
    input: (surroundings) => mailToken(surroundings, 'password-reset'),
    as: { erasing: 'INVALID_GRANT' },
  },
  'users.me.email.verify': {
    input: (surroundings) => mailToken(surroundings, 'email-change'),
    as: { stranger: 'INVALID_GRANT' },
  },
  'auth.sessions.end': {
    input: ({ owner }) => ({ params: { session_id: owner.session_id } }),
    as: { stranger: 'NOT_FOUND' },
  },
  'auth.ws-ticket': { headers: ({ auth }) => ({ origin: new URL(auth.context.config.publicUrl).origin }) },
  'auth.totp.enable': {
    input: (surroundings) => setUpApp(surroundings, { isInUse: false }),
    as: { stranger: 'CONFLICT' },
  },
  'auth.totp.disable': {
    input: (surroundings) => setUpApp(surroundings, { isInUse: true }),
    as: { stranger: 'CONFLICT' },
  },
  'friends.accept': { input: askFriendship, as: { stranger: 'NOT_FOUND' } },
  'friends.reject': { input: askFriendship, as: { stranger: 'NOT_FOUND' } },
  'users.me.export.get': { input: finishExport, as: { stranger: 'NOT_FOUND' } },
  'users.me.export.download': { input: finishExport, as: { stranger: 'NOT_FOUND' } },
  'admin.users.ban': { input: () => ({ body: { permanent: true } }) },
}
