import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startEmbeddedSystem } from '@secureconnect/dev-env'
import { type Client, createClient, type Storage } from '../src/index.ts'

type Cleanup = { after: (work: () => unknown) => void }

export function createFolder(t: Cleanup): string {
  const folder = mkdtempSync(join(tmpdir(), 'sdk-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** The whole system in this process, and the address of its gateway. */
export async function startSystem(t: Cleanup, more: Readonly<Record<string, string>> = {}): Promise<string> {
  // More people sign up from one network here than do elsewhere.
  const env = { RATELIMIT_REGISTER: '600', ...more }
  const system = await startEmbeddedSystem({ folder: createFolder(t), portBase: 0, revision: 'test', env })
  t.after(() => system[Symbol.asyncDispose]())
  return system.addresses['api-gateway']
}

export function newPerson() {
  const username = `p-${randomUUID().slice(0, 12)}`
  return { email: `${username}@example.org`, username, password: 'seven quiet harbours', display_name: 'A Person' }
}

/** A client whose person has just signed up. */
export async function signUp(t: Cleanup, address: string, storage?: Storage): Promise<Client> {
  const client = createClient({ address, ...(storage && { storage }) })
  t.after(() => client.close())
  await client.register(newPerson())
  return client
}
