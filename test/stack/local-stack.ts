import type { Address } from './address.ts'
import { askBroker } from './broker.ts'
import { brokerSocket } from './config.ts'
import type { SharedServer } from './stack.ts'
import { Stack } from './stack.ts'

let stack: Promise<Stack> | undefined

/** The servers of this very process: all of them when a test file runs alone, its own ones otherwise. */
export function localStack(): Promise<Stack> {
  stack ??= Stack.create()
  return stack
}

/** Finds a server that all test files share: by the run's broker, or started by this process. */
export async function findShared(name: SharedServer): Promise<Address> {
  if (brokerSocket) return askBroker(brokerSocket, name)
  const stack = await localStack()
  return stack.find(name)
}
