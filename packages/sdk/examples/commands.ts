import type { Client, EventFrame, Message } from '@secureconnect/sdk'

type Poll = { id: string; options: readonly { option_id: string; text: string }[] }
type Screen = { print: (text: string) => void; nameOf: (userId: string) => string }

/** The commands of the example: reactions to the newest message, and one poll at a time. */
export function createCommands({ chat, rest }: Client, conversation_id: string, { print, nameOf }: Screen) {
  let newest: Message | undefined
  let poll: Poll | undefined

  const commands: Readonly<Record<string, (words: string) => Promise<unknown> | undefined>> = {
    react: (emoji) => newest && chat.ask('reaction.add', { message_id: newest.message_id, emoji }),
    poll: (words) => {
      const [question = '', ...options] = words.split('|').map((part) => part.trim())
      return rest.polls.create({ conversation_id, question, options, poll_type: 'multi', allow_vote_change: true })
    },
    vote: (words) => {
      const numbers = words.split(/\s+/).map(Number)
      const chosen = poll?.options.filter((_, index) => numbers.includes(index + 1)) ?? []
      return poll && chat.ask('poll.vote', { poll_id: poll.id, option_ids: chosen.map(({ option_id }) => option_id) })
    },
  }

  return {
    help: '/react 👍 · /poll Where? | here | there · /vote 1',
    /** Remembers a message that was shown: the next reaction is to it. */
    note(message: Message): void {
      newest = message
    },
    /** Shows what an event says of reactions and polls. */
    show({ kind, data }: EventFrame): void {
      if (kind === 'reaction.added') print(`${nameOf(data.user_id)} reacted with ${data.emoji}`)
      if (kind === 'poll.created') {
        poll = { id: data.poll_id, options: data.options }
        print(`${nameOf(data.created_by)} asks: ${data.question}`)
        for (const [index, { text }] of data.options.entries()) print(`  ${index + 1}. ${text}`)
      }
      if (kind === 'poll.updated' && poll?.id === data.poll_id) {
        const counts = poll.options.map(({ option_id, text }) => {
          const votes = data.options.find((option) => option.option_id === option_id)?.vote_count ?? 0
          return `${text}: ${votes}`
        })
        print(`Poll ${data.status}: ${counts.join(', ')}`)
      }
    },
    /** Does what a line asks for; false where it is no command but a message. */
    async run(line: string): Promise<boolean> {
      const [, name = '', words = ''] = /^\/(\w+)\s*(.*)$/.exec(line) ?? []
      const command = commands[name]
      if (!command) return false
      await command(words)
      return true
    },
  }
}
