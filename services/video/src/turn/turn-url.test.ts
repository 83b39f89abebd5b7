import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SettingFault } from '@secureconnect/config'
import { stunUrl, turnUrl } from './turn-url.ts'

const anywhere = { isProduction: true }

test('the URL of a relay says where it is and over what', () => {
  const cases = [
    ['turn:relay.example.org', 'relay.example.org', 3478, 'udp'],
    ['turn:relay.example.org:443?transport=tcp', 'relay.example.org', 443, 'tcp'],
    ['turns:relay.example.org', 'relay.example.org', 5349, 'tls'],
    ['turns:192.0.2.7:443?transport=tcp', '192.0.2.7', 443, 'tls'],
    ['turn:[2001:db8::1]:3478?transport=udp', '2001:db8::1', 3478, 'udp'],
  ] as const
  for (const [url, host, port, transport] of cases) {
    assert.deepEqual(turnUrl.parse(url, anywhere), { url, host, port, transport })
  }
})

test('what is no URL of a relay, or one that browsers do not take, is refused with an example', () => {
  const bad = [
    '',
    'relay',
    'stun:a',
    'turn:',
    'turn:a:0',
    'turn:a:70000',
    'turn:a?transport=sctp',
    'turn://a',
    'turn:a b',
  ]
  for (const url of [...bad, 'turns:a?transport=udp', 'turn:a@b', 'turn:a?transport=udp&x=1']) {
    assert.throws(() => turnUrl.parse(url, anywhere), SettingFault, url)
  }
  for (const url of ['stun', 'stun:', 'stun:a?transport=udp', 'turn:a', 'stun:a:0']) {
    assert.throws(() => stunUrl.parse(url, anywhere), SettingFault, url)
  }
  assert.equal(stunUrl.parse('stun:a:3478', anywhere), 'stun:a:3478')
})
