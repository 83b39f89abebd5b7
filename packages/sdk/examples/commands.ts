import type { Client, EventFrame, Message } from '@secureconnect/sdk'

type Option = { option_id: string; text: string; vote_count?: number }
type Poll = { poll_id: string; created_by: string; question: string | null; options: readonly Option[] }
type Screen = { print: (text: string) => void; nameOf: (userId: string) => string }

/** The commands of the example: reactions to the newest message, and one poll at a time. */
export function createCommands({ chat, rest }: Client, conversation_id: string, { print, nameOf }: Screen) {
  let newest: Message | undefined
  let poll: Poll | undefined

  function showPoll(asked: Poll): void {
    poll = asked
    print(`${nameOf(asked.created_by)} asks: ${asked.question ?? '(deleted)'}`)
    for (const [index, { text, vote_count = 0 }] of asked.options.entries())
      print(`  ${index + 1}. ${text}${vote_count > 0 ? ` (${vote_count})` : ''}`)
  }

  const commands: Readonly<Record<string, (words: string) => Promise<unknown> | undefined>> = {
    react(emoji) {
      if (!newest) return void print('There is no message to react to yet.')
      return chat.ask('reaction.add', { message_id: newest.message_id, emoji })
    },
    poll: (words) => {
      const [question = '', ...options] = words.split('|').map((part) => part.trim())
      return rest.polls.create({ conversation_id, question, options, poll_type: 'multi', allow_vote_change: true })
    },
    vote(words) {
      if (!poll) return void print('There is no poll to vote in yet.')
      const { poll_id, options } = poll
      const chosen = (words.match(/\S+/g) ?? []).map((number) => options[Number(number) - 1])
      const option_ids = chosen.flatMap((option) => (option ? [option.option_id] : []))
      // Whoever mistypes does not take back what he voted for.
      if (option_ids.length < chosen.length) return void print(`Vote for some of 1 to ${options.length}, or for none.`)
      return chat.ask('poll.vote', { poll_id, option_ids })
    },
  }

  const help = '/react 👍 · /poll Where? | here | there · /vote 1'

  return {
    help,
    /** Shows what people answered to a message with, and remembers it: the next reaction is to this one. */
    note(message: Message): void {
      newest = message
      const reactions = message.reactions ?? []
      if (reactions.length > 0) print(`  ${reactions.map(({ emoji, count }) => `${emoji} ${count}`).join('  ')}`)
    },
    /** Shows the newest poll that is open, which was asked before this began. */
    async resume(): Promise<void> {
      const { polls } = await rest.polls.listActive({ conversation_id, limit: 1 })
      for (const open of polls) showPoll(open)
    },
    /** Shows what an event says of reactions and polls. */
    show({ kind, data }: EventFrame): void {
      if (kind === 'reaction.added') print(`${nameOf(data.user_id)} reacted with ${data.emoji}`)
      if (kind === 'reaction.removed') print(`${nameOf(data.user_id)} took ${data.emoji} back`)
      if (kind === 'poll.created') showPoll(data)
      if (kind === 'poll.updated' && poll?.poll_id === data.poll_id) {
        const counts = poll.options.map(({ option_id, text }) => {
          const votes = data.options.find((option) => option.option_id === option_id)?.vote_count ?? 0
          return `${text}: ${votes}`
        })
        print(`Poll ${data.status}: ${counts.join(', ')}`)
      }
    },
    /** Does what a line asks for; false where it is a message, as a path is too. */
    async run(line: string): Promise<boolean> {
      const [, name, words = ''] = /^\/(\w+)(?![\w/])\s*(.*)$/.exec(line) ?? []
      if (name === undefined) return false
      const command = Object.hasOwn(commands, name) ? commands[name] : undefined
      if (command) await command(words.trim())
      else print(`There is no command /${name}; there are ${help}.`)
      return true
    },
  }
}
