import type { TSchema } from 'typebox'
import { eventData } from './chat-frames/events.ts'
import { closeCodes } from './close-codes.ts'
import { commonFrames, type DescribedFrame, eventSummaries, ownFrames } from './described-frames.ts'
import { lifetimes, limits } from './limits.ts'
import { Message } from './operations/messages.ts'
import { type Socket, sockets } from './sockets.ts'

const seconds = (ms: number) => `${ms / 1_000} s`

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`)
  return lines.join('\n')
}

/** The fields of a frame, those that may be left out with a question mark. */
function listFields(schema: TSchema | undefined): string {
  if (schema === undefined) return ''
  if (schema === Message) return 'a message, as over REST'
  // Schemas are plain JSON underneath.
  const {
    properties,
    required = [],
    anyOf,
  } = schema as Partial<Record<'properties', Record<string, TSchema>>> & {
    required?: readonly string[]
    anyOf?: readonly TSchema[]
  }
  if (anyOf) return anyOf.map(listFields).join(' *or* ')
  const names = Object.keys(properties ?? {}).filter((name) => name !== 'type')
  if (names.length === 0) return '(nothing)'
  return names.map((name) => `\`${name}\`${required.includes(name) ? '' : '?'}`).join(', ')
}

function listRequests(frames: readonly DescribedFrame[]): string {
  return table(
    ['frame', 'fields', 'reply', 'what for'],
    frames.map(({ type, schema, reply, summary }) => [`\`${type}\``, listFields(schema), listFields(reply), summary]),
  )
}

function listPushes(frames: readonly DescribedFrame[]): string {
  return table(
    ['frame', 'fields', 'what it tells'],
    frames.map(({ type, schema, summary }) => {
      // Events differ in their data alone, which has a table of its own.
      const fields =
        type === 'event' ? '`conversation_id`, `seq`, `log_epoch`, `created_at`, `kind`, `data`' : listFields(schema)
      return [`\`${type}\``, fields, summary]
    }),
  )
}

function listEvents(): string {
  return table(
    ['kind', 'data', 'what it tells'],
    Object.entries(eventSummaries).map(([kind, summary]) => {
      const data = new Map<string, TSchema>(Object.entries(eventData)).get(kind)
      return [`\`${kind}\``, listFields(data), summary]
    }),
  )
}

function listCloseCodes(): string {
  const toWords = (name: string) => name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
  return table(
    ['code', 'meaning', 'what the client does'],
    Object.entries(closeCodes).map(([name, { code, client }]) => [String(code), toWords(name), client]),
  )
}

const listPaths = ({ paths }: Socket) => paths.map((path) => `\`${path}\``).join(' and ')

/** The sockets as a reader wants to know them; what a program wants to know is in asyncapi.json. */
export function writeProtocolDocs(): string {
  const { chat, signaling } = sockets
  return `# The sockets
Generated from \`packages/protocol\` by \`npm run generate\`: edit there. [asyncapi.json](asyncapi.json) has every schema.

${listPaths(chat)} is for conversations, ${listPaths(signaling)} for calls. Frames are text, one JSON object each, of up
to ${limits.frameBytes} bytes in at most ${limits.frameFragments} parts. What follows in the first part holds for both.

## Every socket

### Opening it
1. Show who you are: \`Authorization: Bearer …\` where you can send headers; in browsers \`?ticket=\` from
   \`POST /v1/auth/ws-ticket\`, which lives ${seconds(lifetimes.socketTicketMs)} and works once; or, with an Origin that is allowed, the frame \`auth\` within ${seconds(limits.socketAuthDeadlineMs)}.
   A token in the URL is refused. What is refused before the upgrade is an HTTP answer like any other.
2. The server says \`hello\`, then \`ready\`. Requests may follow.
3. Answer each \`ping\`, one every ${seconds(limits.heartbeatMs)}, with \`pong\`. If you hear nothing for ${seconds(limits.socketSilenceMs)}, open another.
4. Send \`auth.refresh\` before the access token ends; ${seconds(limits.socketExpiryGraceMs)} after its end the socket closes.

### Requests
A request carries an \`id\` of your choice and gets exactly one \`reply\` with it: \`ok: true\` and \`data\`, or \`ok: false\` and
\`error {code, message, retry_after_ms?}\`. What is no frame of the protocol is answered by an error; the ${limits.malformedFrames}th closes the socket.
Pings of the WebSocket protocol itself are answered, and count as requests.

${listRequests(commonFrames.fromClients)}

### What the server says

${listPushes(commonFrames.toClients)}

### Close codes

${listCloseCodes()}

Come back after a random time, up to a bound that doubles with each failure: never all clients at once.

## Chat

${chat.summary}. One socket serves all conversations of a person; \`?conversation_id=\` narrows it to one. Up to
${limits.chatFrames.perSecond} requests a second, ${limits.chatFrames.burst} at once; what can be done over REST too counts for the same limits.

### Going on where one stood
Each event of a conversation has a \`seq\`, one more than the one before, within a \`log_epoch\`, which only a restored backup
raises. Remember both of the last event you have, and give them to \`subscribe\` on the next socket. The missed events come
first, then the reply with \`recovered: true\`; or \`recovered: false\` and none of them, when they are more than ${limits.replayedEvents}, older
than what is at hand, or of another epoch: then load the newest page by \`GET /v1/messages\`. Never some of them.
\`null\` instead of a position begins at the present.

### Sending
Give each message a \`client_id\` of your own and repeat the request until it is answered, after reconnecting too: for
${lifetimes.sendMs / 86_400_000} days the same \`client_id\` is the same message. Give up a day earlier.

### Requests

${listRequests(ownFrames.chat.fromClients)}

### What the server says

${listPushes(ownFrames.chat.toClients)}

Typing, receipts and presence may get lost; typing and receipts are told in conversations of up to ${limits.smallConversationMembers} people. To a
reader who is too slow they are not sent; then the socket closes with ${closeCodes.tooSlow.code}, and nothing is lost that \`subscribe\` cannot bring back.

### Events

${listEvents()}

## Calls

${signaling.summary}. One socket is in one call at a time: open the \`signaling_url\` of the call and send \`join\`. Up to
${limits.signalingFrames.perSecond} requests a second, ${limits.signalingFrames.burst} at once.

### Media
\`transport.create\` one for sending and one for receiving, with the \`ice_servers\` of the reply to \`join\`. What others publish
is offered by \`consumer.new\`; nothing comes before \`consumer.ready\`, so no key frame is wasted. Say by \`consumer.show\` how
large each is shown, whenever that changes: as much of it comes as that needs, and nothing where it is off screen. Where the
line is too thin for all, shared screens and whoever speaks come first. A second socket of the same person takes the place of the first, which closes with ${closeCodes.replaced.code}.

### Coming back
Everything but \`speakers\` has a \`seq\`. When the line was gone, \`join\` again with \`resume_token\` and the \`last_seq\` you have: with
\`recovered: true\` what you missed came first, in order, and transports and all on them are as they were; restart their ICE where
they have no connection. With \`recovered: false\`, as after \`media.reset\`, make new ones and publish again; you are the same
participant. After half a minute you are not in the call any more, and \`join\` says how it stands. Before a node stops,
\`room.moved\` names the \`signaling_url\` at which to do the same; the socket closes with ${closeCodes.restart.code}. Where a node
answers no more, \`GET /v1/calls/:call_id\` tells where the call is now.

### Requests

${listRequests(ownFrames.signaling.fromClients)}

### What the server says

${listPushes(ownFrames.signaling.toClients)}
`
}
