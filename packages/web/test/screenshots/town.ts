import type { Client } from '@secureconnect/sdk'
import type { House, Visitor } from '../visitors.ts'
import { chatter } from './chatter.ts'
import type { Look } from './views/view.ts'

const names = ['Maren Holt', 'Tomás Rivera', 'Aiko Tanaka', 'Leila Haddad', 'Jonas Weber', 'Priya Nair', 'Sam Okafor']

export type Person = { name: string; client: Client; userId: string; username: string }

/** People who know each other and have been talking for a while; the first of them is the one who looks. */
export type Town = {
  group: string
  people: readonly Person[]
  /** The first one at a device of her own. */
  enter(look: Look): Promise<Visitor>
}

export async function openTown(house: House): Promise<Town> {
  const people: Person[] = []
  for (const name of names) {
    const { client, username } = await house.register(
      name,
      name.split(' ')[0]?.normalize('NFD').replace(/\W/g, '').toLowerCase(),
    )
    people.push({ name, client, username, userId: client.userId ?? '' })
  }
  const [maren] = people
  if (!maren) throw new Error('nobody lives here')
  await house.makeAdmin(maren)
  const { group } = await chatter(people)
  return { group, people, enter: (look) => house.enter(maren, look.options) }
}
