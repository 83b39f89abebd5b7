import { insist } from '@secureconnect/sdk'
import { forgetPeople } from '../people/people.ts'
import { connect } from './connection.ts'
import { forgetConversations, loadConversations } from './list/conversations.ts'
import { giveUpEdit } from './messages/editing.ts'
import { forgetQuotes } from './messages/quotes.ts'
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
  return () => {
    leaving.abort()
    disconnect()
    forgetConversations()
    forgetOutgoing()
    forgetReceipts()
    forgetDelivered()
    giveUpEdit()
    forgetPeople()
    forgetQuotes()
  }
}
