import { type TSchema, Type } from 'typebox'
import { commonFrames, type DescribedFrame, ownFrames } from './described-frames.ts'
import { createSchemaWriter, type JsonObject, type SchemaWriter } from './openapi-schemas.ts'
import { services } from './services.ts'
import { ReplyFrame, sockets } from './sockets.ts'

type SocketName = keyof typeof ownFrames
type Message = { name: string; summary: string; schema: TSchema }

/** Writes the protocols of the sockets as an AsyncAPI 3.0 document, from the server's side. */
export function buildAsyncApi({ version }: { version: string }): JsonObject {
  const writer = createSchemaWriter()
  const names = Object.keys(ownFrames) as SocketName[]
  const parts = names.map((name) => describeSocket(name, writer))
  const merge = (key: keyof (typeof parts)[number]) => Object.assign({}, ...parts.map((part) => part[key]))
  return {
    asyncapi: '3.0.0',
    info: { title: 'SecureConnect', version, license: { name: 'Apache-2.0' } },
    defaultContentType: 'application/json',
    servers: {
      gateway: {
        host: `localhost:${services['api-gateway'].port}`,
        protocol: 'ws',
        description: 'The gateway; wss where it stands behind TLS',
        security: [
          { $ref: '#/components/securitySchemes/accessToken' },
          { $ref: '#/components/securitySchemes/ticket' },
        ],
      },
    },
    channels: merge('channels'),
    operations: merge('operations'),
    components: {
      messages: merge('messages'),
      schemas: writer.components,
      securitySchemes: {
        accessToken: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'At the upgrade' },
        ticket: { type: 'httpApiKey', in: 'query', name: 'ticket', description: 'From POST /v1/auth/ws-ticket, once' },
      },
    },
  }
}

function describeSocket(name: SocketName, writer: SchemaWriter) {
  const { summary, paths } = sockets[name]
  const fromClients = [...commonFrames.fromClients, ...ownFrames[name].fromClients]
  const toClients = [...commonFrames.toClients, ...ownFrames[name].toClients]
  const messages = listMessages(fromClients, toClients)
  const refer = (message: string) => ({ $ref: `#/channels/${name}/messages/${message}` })
  const channel = { $ref: `#/channels/${name}` }
  const received = fromClients.map((frame) => {
    const reply = frame.reply && { reply: { channel, messages: [refer(replyTo(frame)), refer('to-client.reply')] } }
    const operation = {
      action: 'receive',
      channel,
      summary: frame.summary,
      messages: [refer(fromClient(frame))],
      ...reply,
    }
    return [`${name}.receive.${frame.type}`, operation]
  })
  const sent = toClients.map((frame) => {
    const operation = { action: 'send', channel, summary: frame.summary, messages: [refer(toClient(frame))] }
    return [`${name}.send.${frame.type}`, operation]
  })
  return {
    channels: {
      [name]: {
        address: paths[0],
        summary,
        servers: [{ $ref: '#/servers/gateway' }],
        messages: Object.fromEntries(
          messages.map((message) => [message.name, { $ref: `#/components/messages/${message.name}` }]),
        ),
        bindings: { ws: { method: 'GET', bindingVersion: '0.1.0' } },
      },
    },
    operations: Object.fromEntries([...received, ...sent]),
    messages: Object.fromEntries(messages.map((message) => [message.name, describeMessage(message, writer)])),
  }
}

const fromClient = ({ type }: DescribedFrame) => `from-client.${type}`
const toClient = ({ type }: DescribedFrame) => `to-client.${type}`
const replyTo = ({ type }: DescribedFrame) => `reply-to.${type}`

function listMessages(
  fromClients: readonly DescribedFrame[],
  toClients: readonly DescribedFrame[],
): readonly Message[] {
  return [
    ...fromClients.map((frame) => ({ name: fromClient(frame), summary: frame.summary, schema: frame.schema })),
    ...toClients.map((frame) => ({ name: toClient(frame), summary: frame.summary, schema: frame.schema })),
    ...fromClients.flatMap((frame) => {
      if (!frame.reply) return []
      const [good] = ReplyFrame.anyOf
      const schema = Type.Object({ ...good.properties, data: frame.reply })
      return [{ name: replyTo(frame), summary: `The answer to ${frame.type}`, schema }]
    }),
  ]
}

/** Whether a frame carries the id that ties a request to its reply. */
function hasId(schema: TSchema): boolean {
  return 'properties' in schema && typeof schema.properties === 'object' && 'id' in { ...schema.properties }
}

function describeMessage({ name, summary, schema }: Message, writer: SchemaWriter): JsonObject {
  const correlationId = hasId(schema) && { correlationId: { location: '$message.payload#/id' } }
  return { name, summary, ...correlationId, payload: writer.write(schema) }
}
