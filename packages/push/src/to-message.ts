import type { Push } from './pusher.ts'

/** A push as Firebase's HTTP v1 takes it: https://firebase.google.com/docs/reference/fcm/rest/v1/projects.messages */
export function toMessage({ token, title, body, data, collapseKey, timeToLiveMs }: Push) {
  const seconds = Math.max(0, Math.floor(timeToLiveMs / 1_000))
  const endsAt = Math.floor(Date.now() / 1_000) + seconds
  return {
    message: {
      token,
      notification: { title, body },
      data,
      android: {
        collapse_key: collapseKey,
        priority: 'HIGH',
        ttl: `${seconds}s`,
        // What is shown already is replaced, not joined by another.
        notification: { tag: collapseKey },
      },
      apns: {
        headers: { 'apns-collapse-id': collapseKey, 'apns-expiration': String(endsAt), 'apns-priority': '10' },
        // Lets the app fetch what it is about before it is shown.
        payload: { aps: { 'mutable-content': 1, 'thread-id': collapseKey, sound: 'default' } },
      },
      webpush: {
        headers: { TTL: String(seconds), Topic: collapseKey, Urgency: 'high' },
        notification: { tag: collapseKey },
      },
    },
  }
}
