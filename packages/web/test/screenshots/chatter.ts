import { drawPng } from '../draw-png.ts'
import type { Person } from './town.ts'

type Line = readonly [who: number, text: string]

const concert: readonly Line[] = [
  [1, 'Good news: the church is ours on the 12th, from four in the afternoon.'],
  [0, 'Wonderful! Then we have three hours to set up.'],
  [3, 'I can bring the lights, and two people who know how to hang them.'],
  [2, 'Who has the sheet music for the second half? Mine ends at page 14.'],
  [4, 'I do. I scan it tonight and put it here.'],
  [0, 'Thank you, Jonas. Please all of you: on Thursday the rehearsal moves to the loft, the hall is being painted.'],
  [5, 'Noted. Is there a piano up there?'],
  [1, 'There is, and it was tuned last week.'],
]

const directs: readonly { with: number; lines: readonly Line[] }[] = [
  {
    with: 2,
    lines: [
      [2, 'Are you on the early train tomorrow?'],
      [0, 'The 7:42, if I find my shoes.'],
      [2, 'Then I keep you a seat 🙂'],
    ],
  },
  {
    with: 3,
    lines: [
      [0, 'The poster is beautiful. Could the date be a bit larger?'],
      [3, 'Of course. New version this evening.'],
    ],
  },
  { with: 5, lines: [[5, 'I sent you the list of guests, 84 so far.']] },
]

/** Has people say what they say; answers the conversation in which most of it happens. */
export async function chatter(people: readonly Person[]): Promise<{ group: string }> {
  const at = (index: number): Person => {
    const person = people[index]
    if (!person) throw new Error(`nobody has the number ${index}`)
    return person
  }
  const begin = (title: string | undefined, others: readonly number[]) => {
    const participant_ids = others.map((other) => at(other).userId)
    const { conversations } = at(0).client.rest
    return conversations.create(
      title === undefined ? { type: 'direct', participant_ids } : { type: 'group', title, participant_ids },
    )
  }
  const say = async (conversation_id: string, lines: readonly Line[]) => {
    for (const [who, content] of lines) {
      await at(who).client.rest.messages.send({ conversation_id, content, message_type: 'text' })
    }
  }
  const lunch = await begin('Friday lunch', [1, 4, 6])
  await say(lunch.conversation_id, [
    [6, 'The place by the bridge again?'],
    [4, 'Only if they have the soup.'],
  ])
  for (const { with: other, lines } of directs) await say((await begin(undefined, [other])).conversation_id, lines)
  const { conversation_id: group } = await begin('Winter concert', [1, 2, 3, 4, 5])
  await say(group, concert)
  await adorn(group, people)
  return { group }
}

/** What people add to what was said: emoji, a pin, a poll, a file, a report. */
async function adorn(conversation_id: string, people: readonly Person[]): Promise<void> {
  const [maren, tomas, , leila, jonas, priya] = people
  if (!maren || !tomas || !leila || !jonas || !priya) throw new Error('too few live here')
  const { messages } = await maren.client.rest.messages.list({ conversation_id, limit: 20 })
  const idOf = (start: string) => messages.find(({ content }) => content?.startsWith(start))?.message_id ?? ''
  for (const [who, emoji] of [
    [leila, '🎉'],
    [priya, '🎉'],
    [jonas, '👍'],
  ] as const) {
    await who.client.rest.reactions.add({ message_id: idOf('Good news'), emoji })
  }
  await maren.client.rest.pins.add({ message_id: idOf('Thank you') })
  const notes = new Blob(['The second half, pages 14 to 22'], { type: 'text/plain' })
  const { file_id } = await jonas.client.files.upload({ name: 'Second half, pages 14-22.txt', bytes: notes })
  await jonas.client.rest.messages.send({
    conversation_id,
    content: 'Here it is.',
    message_type: 'file',
    file_ids: [file_id],
    reply_to: idOf('Who has'),
  })
  const stage = new Blob([new Uint8Array(drawPng(960, 540))], { type: 'image/png' })
  const picture = await leila.client.files.upload({ name: 'stage.png', bytes: stage })
  await leila.client.rest.messages.send({
    conversation_id,
    content: 'So it looks with all lights on.',
    message_type: 'image',
    file_ids: [picture.file_id],
  })
  const own = await maren.client.files.upload({ name: 'Guests.txt', bytes: notes })
  await maren.client.rest.messages.send({
    conversation_id,
    content: 'And the guests so far.',
    message_type: 'file',
    file_ids: [own.file_id],
  })
  const { poll_id, options } = await tomas.client.rest.polls.create({
    conversation_id,
    question: 'When do we eat on the 12th?',
    options: ['Before the concert', 'After it', 'Both'],
    poll_type: 'single',
    allow_vote_change: true,
  })
  for (const [who, at] of [
    [leila, 1],
    [priya, 1],
    [jonas, 2],
  ] as const) {
    await who.client.rest.polls.vote({ poll_id, option_ids: [options[at]?.option_id ?? ''] })
  }
  const reason = 'Writes to everybody about tickets that do not exist'
  await priya.client.rest.reports.reportUser({ user_id: people.at(-1)?.userId ?? '', reason })
}
