import { push } from '@secureconnect/protocol'
import { route } from '@secureconnect/service'
import type { Context } from '../../context.ts'

/** The project is that of the credentials by which pushes go out: tokens of another one would be of no use. */
export const getWebApp = route(push.webApp, ({ config, webApp }: Pick<Context, 'config' | 'webApp'>) => async () => {
  const { firebaseCredentials: account, firebaseProjectId } = config
  if (!webApp || !account) return { firebase: null }
  const project_id = firebaseProjectId ?? account.projectId
  const { apiKey: api_key, appId: app_id, senderId: sender_id, vapidKey: vapid_key } = webApp
  return { firebase: { project_id, api_key, app_id, sender_id, vapid_key } }
})
