import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseConfig } from '@secureconnect/config'
import { webApp } from '../test/web-app.ts'
import { findWebApp, webPushSettings } from './web-settings.ts'

const find = (env: Readonly<Record<string, string>>) => findWebApp(parseConfig(webPushSettings, { env }))

test('pages are pushed to where all is given by which Firebase knows them, and nothing is given by halves', () => {
  assert.equal(find({}), undefined)
  assert.deepEqual(find(webApp), {
    apiKey: webApp.FIREBASE_WEB_API_KEY,
    appId: webApp.FIREBASE_WEB_APP_ID,
    senderId: '1234567890',
    vapidKey: webApp.FIREBASE_WEB_VAPID_KEY,
  })
  for (const name of Object.keys(webApp)) assert.throws(() => find({ ...webApp, [name]: '' }), /belong together/)
})

test('what is mixed up is told by name before any browser finds out', () => {
  for (const name of Object.keys(webApp)) {
    assert.throws(() => find({ ...webApp, [name]: 'something else' }), new RegExp(`${name} is no `))
  }
})
