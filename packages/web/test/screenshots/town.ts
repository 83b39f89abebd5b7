import type { Client } from '@secureconnect/sdk'
import type { Look } from '../looks.ts'
import type { House, Visitor } from '../visitors.ts'
import { chatter } from './chatter.ts'

const names = ['Maren Holt', 'Tomás Rivera', 'Aiko Tanaka', 'Leila Haddad', 'Jonas Weber', 'Priya Nair', 'Sam Okafor']

export type Person = { name: string; client: Client; userId: string; username: string }

/** People who know each other and have been talking for a while; the first of them is the one who looks. */
export type Town = {
  group: string
  people: readonly Person[]
  looker: Person
  /** Two others, each at a page of his own, with whom to talk. */
  callers(): Promise<readonly Visitor[]>
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
  let callers: Promise<readonly Visitor[]> | undefined
  const enterCallers = () => Promise.all(people.slice(1, 3).map((one) => house.enter(one)))
  return {
    group,
    people,
    looker: maren,
    callers: () => (callers ??= enterCallers()),
    enter: (look) => house.enter(maren, look.options),
  }
}
