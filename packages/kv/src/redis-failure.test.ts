import assert from 'node:assert/strict'
import { test } from 'node:test'
import { classifyFailure, type RedisFailureKind } from './redis-failure.ts'

/** What Redis 7, Valkey 9 and the client really say. */
const sayings: Record<RedisFailureKind, readonly string[]> = {
  timeout: ['connect ETIMEDOUT', "Socket timeout. Expecting data, but didn't receive any in 1000ms."],
  connection: [
    'connect ECONNREFUSED 127.0.0.1:6379',
    'getaddrinfo EAI_AGAIN redis',
    "Stream isn't writeable and enableOfflineQueue options is false",
    'Connection is closed.',
    'Reached the max retries per request limit (which is 0). Refer to "maxRetriesPerRequest" option for details.',
  ],
  readonly: ["READONLY You can't write against a read only replica."],
  oom: ["OOM command not allowed when used memory > 'maxmemory'."],
  noauth: [
    'NOAUTH Authentication required.',
    'WRONGPASS invalid username-password pair or user is disabled.',
    "NOPERM User app has no permissions to run the 'get' command",
  ],
  other: ['LOADING Redis is loading the dataset in memory', 'WRONGTYPE Operation against a key holding the wrong kind'],
}

test('failures are told apart by what an operator would do about them', () => {
  for (const [kind, messages] of Object.entries(sayings)) {
    for (const message of messages) assert.equal(classifyFailure(new Error(message)), kind, message)
  }
  assert.equal(classifyFailure('no error at all'), 'other')
})
