import { buildService, type Service } from '@secureconnect/service'
import type { Context } from './context.ts'
import { relayMail } from './mail-relay.ts'
import { getKeys, getWellKnownKeys } from './routes/get-keys.ts'
import { getMe } from './routes/get-me.ts'
import { login } from './routes/login.ts'
import { refresh } from './routes/refresh.ts'
import { register } from './routes/register.ts'
import { publishKeys } from './sessions/publish-keys.ts'

export function buildApp(context: Context): Promise<Service> {
  return buildService(context, {
    routes: [register, login, refresh, getKeys, getWellKnownKeys, getMe],
    background: [publishKeys, relayMail],
  })
}
