import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startPreparedSystem } from '@secureconnect/test/embedded'
import { type Client, createClient, type Storage } from '../src/index.ts'

type Cleanup = { after: (work: () => unknown) => void }

export function createFolder(t: Cleanup): string {
  const folder = mkdtempSync(join(tmpdir(), 'sdk-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** The address of the gateway of a whole system in this process. */
export async function startSystem(t: Cleanup, env: Readonly<Record<string, string>> = {}): Promise<string> {
  return (await startPreparedSystem(t, { env })).address
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
