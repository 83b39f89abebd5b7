import type { FirebaseWebApp } from '@secureconnect/sdk'

/** This browser as Firebase knows it, and what it may end that by. */
export type Installation = { fid: string; refreshToken: string }

const timeoutMs = 10_000
const authVersion = 'FIS_v2'
/** Firebase wants to know which of its clients asks; this is the one whose requests these are. */
const sdkVersion = 'w:0.6.6'

const installationsOf = ({ project_id }: FirebaseWebApp) =>
  `https://firebaseinstallations.googleapis.com/v1/projects/${project_id}/installations`
const registrationsOf = ({ project_id }: FirebaseWebApp) =>
  `https://fcmregistrations.googleapis.com/v1/projects/${project_id}/registrations`

type Question = { app: FirebaseWebApp; url: string; method: 'POST' | 'DELETE'; headers?: Record<string, string> }

async function ask({ app, url, method, headers }: Question, body?: object): Promise<Response> {
  const response = await fetch(url, {
    method,
    headers: { 'content-type': 'application/json', 'x-goog-api-key': app.api_key, ...headers },
    credentials: 'omit',
    signal: AbortSignal.timeout(timeoutMs),
    ...(body && { body: JSON.stringify(body) }),
  })
  if (!response.ok) throw new Error(`Firebase answered ${response.status}`)
  return response
}

/** 22 characters of which the first says that it is an id of this kind. */
function createInstallationId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(17))
  bytes[0] = 0b0111_0000 | ((bytes[0] ?? 0) & 0b1111)
  const text = btoa(String.fromCharCode(...bytes))
  return text.replaceAll('+', '-').replaceAll('/', '_').slice(0, 22)
}

/** Makes this browser known to Firebase, and answers the token by which it is pushed to. */
export async function install(
  app: FirebaseWebApp,
  subscription: PushSubscription,
): Promise<{ installation: Installation; token: string }> {
  const asked = { fid: createInstallationId(), appId: app.app_id, authVersion, sdkVersion }
  const installed = await ask({ app, url: installationsOf(app), method: 'POST' }, asked)
  const { fid, refreshToken, authToken } = await installed.json()
  const { endpoint, keys } = subscription.toJSON()
  const web = { endpoint, ...keys, applicationPubKey: app.vapid_key }
  const headers = { 'x-goog-firebase-installations-auth': `FIS ${authToken.token}` }
  const registered = await ask({ app, url: registrationsOf(app), method: 'POST', headers }, { web })
  const { token } = await registered.json()
  return { installation: { fid, refreshToken }, token }
}

/** Has Firebase forget this browser and its token. */
export async function uninstall(app: FirebaseWebApp, { fid, refreshToken }: Installation): Promise<void> {
  const headers = { authorization: `${authVersion} ${refreshToken}` }
  await ask({ app, url: `${installationsOf(app)}/${fid}`, method: 'DELETE', headers })
}
