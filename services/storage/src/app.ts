import { buildService, type Service } from '@secureconnect/service'
import type { Context } from './context.ts'

export function buildApp(context: Context): Promise<Service> {
  return buildService(context, {})
}
