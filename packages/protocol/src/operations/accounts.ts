import { type Static, Type } from 'typebox'
import {
  DeviceName,
  DisplayName,
  Email,
  Nullable,
  noControlCharacters,
  Password,
  Strict,
  Timestamp,
  Username,
  Uuid,
} from '../fields.ts'
import { deviceCookie, refreshCookie } from '../headers.ts'
import { limits } from '../limits.ts'
import { operations } from '../operation.ts'
import { FactorCode } from './factors.ts'

export const UserStatus = Type.Union([
  Type.Literal('online'),
  Type.Literal('offline'),
  Type.Literal('busy'),
  Type.Literal('away'),
])
export type UserStatus = Static<typeof UserStatus>

export const Role = Type.Union([Type.Literal('user'), Type.Literal('admin')])
export type Role = Static<typeof Role>

/** An account as its owner sees it; nobody else is shown the e-mail address. */
export const User = Type.Object({
  user_id: Uuid,
  email: Type.String(),
  email_verified: Type.Boolean(),
  email_verification_due: Type.Boolean({ description: 'Whether to remind the owner to confirm the address' }),
  username: Type.String(),
  display_name: Type.String(),
  avatar_url: Nullable(Type.String()),
  avatar_file_id: Nullable(Uuid),
  role: Role,
  totp_enabled: Type.Boolean({ description: 'Whether signing in takes a code of an authenticator app' }),
  status: UserStatus,
  created_at: Timestamp,
  updated_at: Timestamp,
})
export type User = Static<typeof User>

export const Tokens = Type.Object({
  access_token: Type.String(),
  refresh_token: Type.Optional(Type.String({ description: 'Left out where it travels as a cookie' })),
  token_type: Type.Literal('Bearer'),
  expires_in: Type.Integer({ description: 'Seconds until the access token ends' }),
})
export type Tokens = Static<typeof Tokens>

export const DeviceToken = Type.String({
  minLength: 1,
  maxLength: limits.deviceTokenCharacters,
  description: `Shows at the next login that this device was here before, so that strangers' guesses do not keep it out; browsers have it as the cookie ${deviceCookie}`,
})

export const SignedIn = Type.Object({ user: User, session_id: Uuid, device_token: DeviceToken, ...Tokens.properties })
export type SignedIn = Static<typeof SignedIn>

/** Where addresses have to be confirmed before the first login. */
export const AwaitingVerification = Type.Object({ user: User })
export type AwaitingVerification = Static<typeof AwaitingVerification>

const RefreshToken = Type.String({ minLength: 1, maxLength: limits.tokenCharacters })
const RefreshCookie = Type.Optional(
  Type.Boolean({
    description: `For pages: the refresh token comes as the cookie ${refreshCookie}, which no script can read, and not in the answer`,
  }),
)

export const Register = Strict({
  email: Email,
  username: Username,
  password: Password,
  display_name: DisplayName,
  device_name: Type.Optional(DeviceName),
  refresh_cookie: RefreshCookie,
})
export type Register = Static<typeof Register>

/** Whoever is meant: what is no address and no name is nobody's. */
const named = { minLength: 1, pattern: noControlCharacters }

export const Login = Strict({
  email: Type.Optional(Type.String({ ...named, maxLength: limits.emailCharacters })),
  username: Type.Optional(Type.String({ ...named, maxLength: limits.usernameCharacters.max })),
  password: Password,
  device_name: Type.Optional(DeviceName),
  refresh_cookie: RefreshCookie,
  device_token: Type.Optional(DeviceToken),
  totp: Type.Optional(FactorCode),
})
export type Login = Static<typeof Login>

export const Refresh = Strict(
  { refresh_token: Type.Optional(RefreshToken) },
  { description: `Left out, the token is the one of the cookie ${refreshCookie}, and so is the next` },
)
export type Refresh = Static<typeof Refresh>

/** One public signing key, as RFC 7517 writes it. */
export const PublicKey = Type.Object({
  kty: Type.Literal('EC'),
  crv: Type.Literal('P-256'),
  x: Type.String(),
  y: Type.String(),
  kid: Type.String(),
  use: Type.Literal('sig'),
  alg: Type.Literal('ES256'),
})
export type PublicKey = Static<typeof PublicKey>

export const KeySet = Type.Object({ keys: Type.Array(PublicKey) })
export type KeySet = Static<typeof KeySet>

const jwks = {
  method: 'GET',
  caller: 'public',
  rate: 'unlimited',
  priority: 'critical',
  answer: { 200: KeySet },
  bare: true,
} as const

export const accounts = operations('auth-service', {
  register: {
    name: 'auth.register',
    summary: 'Create an account and sign in, unless the address has to be confirmed first',
    method: 'POST',
    path: '/v1/auth/register',
    caller: 'public',
    rate: 'register',
    body: Register,
    answer: { 201: Type.Union([SignedIn, AwaitingVerification]) },
    errors: ['EMAIL_EXISTS', 'USERNAME_EXISTS', 'CAPACITY'],
    audit: { resource: 'user', action: 'register' },
  },
  login: {
    name: 'auth.login',
    summary: 'Sign in by e-mail address or username',
    method: 'POST',
    path: '/v1/auth/login',
    caller: 'public',
    rate: 'login',
    body: Login,
    answer: { 200: SignedIn },
    errors: [
      'INVALID_CREDENTIALS',
      'TOTP_REQUIRED',
      'EMAIL_NOT_VERIFIED',
      'ACCOUNT_BANNED',
      'ACCOUNT_LOCKED',
      'RATE_LIMITED',
      'CAPACITY',
    ],
    audit: { resource: 'session', action: 'login' },
  },
  refresh: {
    name: 'auth.refresh',
    summary:
      'Exchange a refresh token for the next pair of tokens; with the same Idempotency-Key again, the same pair until it is used',
    method: 'POST',
    path: '/v1/auth/refresh',
    caller: 'public',
    rate: 'refresh',
    priority: 'critical',
    body: Refresh,
    answer: { 200: Tokens },
    errors: ['INVALID_GRANT', 'EMAIL_NOT_VERIFIED', 'ACCOUNT_BANNED'],
    audit: { resource: 'session', action: 'refresh' },
  },
  keys: {
    name: 'auth.keys',
    summary: 'The public keys that verify access tokens',
    path: '/v1/auth/jwks.json',
    ...jwks,
  },
  wellKnownKeys: {
    name: 'auth.keys.well-known',
    summary: 'The public keys, at the path that libraries expect',
    path: '/.well-known/jwks.json',
    ...jwks,
  },
  getMe: {
    name: 'users.me.get',
    summary: "The signed-in person's own account",
    method: 'GET',
    path: '/v1/users/me',
    caller: 'user',
    answer: { 200: User },
  },
})
