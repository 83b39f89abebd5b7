/** What has pages pushed to, as the Firebase console might give it; the key is nobody's. */
export const webApp = {
  FIREBASE_WEB_API_KEY: 'AIzaSyExample-key-of-nobody-0123456789',
  FIREBASE_WEB_APP_ID: '1:1234567890:web:0123456789abcdef',
  FIREBASE_WEB_VAPID_KEY: `B${'x'.repeat(86)}`,
}
