import { ApiError, insist, type Message } from '@secureconnect/sdk'
import { client } from '../../app/client.ts'
import { createLookup } from '../../app/lookup.ts'

const quotes = createLookup<Message>(async (message_id) => {
  try {
    return await insist(() => client.rest.messages.get({ message_id }))
  } catch (error) {
    if (error instanceof ApiError && error.code === 'MESSAGE_NOT_FOUND') return null
    throw error
  }
})

/** A message that another one answers, which may be of long ago. */
export const findQuote = (messageId: string) => quotes.get(messageId)
export const forgetQuotes = () => quotes.clear()
