import assert from 'node:assert/strict'
import { test } from 'node:test'
import { eventData } from './chat-frames/events.ts'
import { chatRequests } from './chat-frames.ts'
import { closeCodes } from './close-codes.ts'
import { writeProtocolDocs } from './protocol-docs.ts'
import { signalingRequests } from './signaling-frames.ts'

test('the page has every request, kind of event and close code', () => {
  const page = writeProtocolDocs()
  const requests = [...Object.keys(chatRequests), ...Object.keys(signalingRequests)]
  const names = [...requests, ...Object.keys(eventData)].map((name) => `| \`${name}\` |`)
  const codes = Object.values(closeCodes).map(({ code, client }) => [`| ${code} |`, client])
  for (const part of [...names, ...codes.flat()]) assert.ok(page.includes(part), part)
})
