import { ApiError, insist } from '@secureconnect/sdk'
import { client } from '../app/client.ts'
import { createLookup } from '../app/lookup.ts'
import { words } from '../words/index.ts'

export type Person = { user_id: string; display_name: string; username: string }

const people = createLookup<Person>(async (user_id) => {
  try {
    return await insist(() => client.rest.people.get({ user_id }))
  } catch (error) {
    if (error instanceof ApiError && error.code === 'USER_NOT_FOUND') return null
    throw error
  }
})

/** Takes in people of whom something else has told already. */
export function meet(met: readonly Person[]): void {
  people.put(met.map((person) => [person.user_id, person]))
}

/** The name to show: nobody's is made up while it is not known. */
export function nameOf(userId: string): string {
  const person = people.get(userId)
  return person === undefined ? '…' : (person?.display_name ?? words.deletedAccount)
}

export const forgetPeople = () => people.clear()
