import { ConfigError, type ConfigOf, optional, type Setting, SettingFault } from '@secureconnect/config'

function shaped(pattern: RegExp, what: string): Setting<string | undefined> {
  return optional({
    kind: 'plain',
    parse(raw) {
      if (!pattern.test(raw)) throw new SettingFault(`is no ${what} as the Firebase console gives it`)
      return raw
    },
  })
}

/** By what Firebase knows our pages: public, since every browser is told it. */
export const webPushSettings = {
  firebaseWebApiKey: shaped(/^[\w-]{20,100}$/, 'API key'),
  firebaseWebAppId: shaped(/^1:\d+:web:[0-9a-f]+$/, 'id of a web app'),
  /** The public half of the key pair; browsers let nobody else push to what registered with it. */
  firebaseWebVapidKey: shaped(/^B[\w-]{86}$/, 'key of "Web Push certificates"'),
}

/** What a browser registers by at Firebase. */
export type WebApp = { apiKey: string; appId: string; senderId: string; vapidKey: string }

/** Answers nothing where pages are not pushed to; throws where only some of it is given. */
export function findWebApp(config: ConfigOf<typeof webPushSettings>): WebApp | undefined {
  const { firebaseWebApiKey: apiKey, firebaseWebAppId: appId, firebaseWebVapidKey: vapidKey } = config
  if (apiKey && appId && vapidKey) return { apiKey, appId, senderId: appId.split(':')[1] ?? '', vapidKey }
  if (!apiKey && !appId && !vapidKey) return undefined
  throw new ConfigError([
    'FIREBASE_WEB_API_KEY, FIREBASE_WEB_APP_ID and FIREBASE_WEB_VAPID_KEY belong together: give all of them or none',
  ])
}
