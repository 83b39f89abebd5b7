import { ApiError, insist } from '@secureconnect/sdk'
import { client } from '../app/client.ts'
import { createLookup } from '../app/lookup.ts'
import { words } from '../words/index.ts'

export type Person = { user_id: string; display_name: string; username: string; avatar_file_id: string | null }

const people = createLookup<Person>(async (user_id) => {
  try {
    return await insist(() => client.rest.people.get({ user_id }))
  } catch (error) {
    if (error instanceof ApiError && error.code === 'USER_NOT_FOUND') return null
    throw error
  }
})

/** Where the browser has the bytes of pictures. */
const pictures = createLookup<string>(async (fileId) => {
  try {
    return URL.createObjectURL(await insist(() => client.files.download(fileId)))
  } catch (error) {
    if (error instanceof ApiError) return null
    throw error
  }
})

/** Takes in people of whom something else has told already. */
export function meet(met: readonly Person[]): void {
  people.put(met.map((person) => [person.user_id, person]))
}

/** Somebody, as far as he is known. */
export const findPerson = (userId: string): Person | null | undefined => people.get(userId)

/** The name to show: nobody's is made up while it is not known. */
export function nameOf(userId: string): string {
  const person = people.get(userId)
  return person === undefined ? '…' : (person?.display_name ?? words.deletedAccount)
}

/** The picture that somebody has chosen, as far as he is known. */
export function pictureOf(userId: string): string | undefined {
  const fileId = people.peek(userId)?.avatar_file_id
  return (fileId && pictures.get(fileId)) || undefined
}

export function forgetPeople(): void {
  people.clear()
  for (const address of pictures.all()) URL.revokeObjectURL(address)
  pictures.clear()
}
