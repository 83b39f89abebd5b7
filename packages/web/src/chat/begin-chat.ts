import { insist } from '@secureconnect/sdk'
import { forgetPeople } from '../people/people.ts'
import { connect } from './connection.ts'
import { forgetConversations, loadConversations } from './list/conversations.ts'
import { forgetMentions, loadMentions } from './list/mentioned.ts'
import { forgetMembers } from './members.ts'
import { giveUpEdit } from './messages/editing.ts'
import { forgetQuotes } from './messages/quotes.ts'
import { forgetPins } from './pins/pins.ts'
import { forgetPolls } from './polls/polls.ts'
import { forgetReceipts } from './receipts/receipts.ts'
import { forgetDelivered } from './receipts/tell-delivered.ts'
import { forgetOutgoing, restoreOutgoing } from './writing/sending.ts'

/** Has a person's conversations come in; what it answers ends that and forgets them. */
export function beginChat(): () => void {
  const leaving = new AbortController()
  const disconnect = connect()
  // What cannot be had now is tried again; what is refused for good ends with the session.
  void insist(loadConversations, leaving.signal).catch(() => undefined)
  void restoreOutgoing()
  void loadMentions()
  return () => {
    leaving.abort()
    disconnect()
    forgetConversations()
    forgetOutgoing()
    forgetReceipts()
    forgetMembers()
    forgetPins()
    forgetPolls()
    forgetMentions()
    forgetDelivered()
    giveUpEdit()
    forgetPeople()
    forgetQuotes()
  }
}
