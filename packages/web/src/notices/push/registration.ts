import { createBrowserStorage, type FirebaseWebApp } from '@secureconnect/sdk'
import { client } from '../../app/client.ts'
import { type Installation, install, uninstall } from './firebase.ts'

/** How this browser is registered. */
type Registration = {
  app: FirebaseWebApp
  endpoint: string
  installation: Installation
  token: string
  registeredAt: number
}

/** Firebase takes a token for dead that nobody has renewed for long, and asks for that each month. */
const renewedAfterMs = 30 * 86_400_000
const storage = createBrowserStorage()
const key = 'push'

async function readRegistration(): Promise<Registration | undefined> {
  const text = (await storage.list(key)).get(key)
  return text === undefined ? undefined : JSON.parse(text)
}

async function findSubscription(): Promise<PushSubscription | null> {
  const worker = await navigator.serviceWorker.getRegistration()
  return (await worker?.pushManager.getSubscription()) ?? null
}

/** Has Firebase and the service forget a registration. Where they cannot be told they find out by themselves. */
function forget({ app, installation, token }: Registration): void {
  void Promise.allSettled([client.rest.push.remove({ token }), uninstall(app, installation)])
}

async function renew(app: FirebaseWebApp, subscription: PushSubscription): Promise<Registration> {
  const { installation, token } = await install(app, subscription)
  const registration = { app, installation, token, endpoint: subscription.endpoint, registeredAt: Date.now() }
  await storage.write(key, JSON.stringify(registration))
  return registration
}

/** Where the key of the installation changed, what was subscribed by the one before is of no use. */
async function subscribe(worker: ServiceWorkerRegistration, app: FirebaseWebApp, known: Registration | undefined) {
  if (known?.app.vapid_key !== app.vapid_key) await (await worker.pushManager.getSubscription())?.unsubscribe()
  return worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: app.vapid_key })
}

/** Has what happens pushed to this browser, for whoever is signed in. */
export async function registerPush(worker: ServiceWorkerRegistration, app: FirebaseWebApp): Promise<void> {
  const known = await readRegistration()
  const subscription = await subscribe(worker, app, known)
  const isGood =
    known?.endpoint === subscription.endpoint &&
    known.app.app_id === app.app_id &&
    Date.now() - known.registeredAt < renewedAfterMs
  const { token } = isGood ? known : await renew(app, subscription)
  // Each time, because the service forgets a token with the session that it came from.
  await client.rest.push.register({ token, type: 'web' })
  if (known && !isGood) forget(known)
}

/** Has nothing pushed to this browser any more. What counts is over here, whoever else can be reached. */
export async function endPush(): Promise<void> {
  const known = await readRegistration()
  if (!known) return
  await storage.remove(key)
  await (await findSubscription())?.unsubscribe()
  forget(known)
}
