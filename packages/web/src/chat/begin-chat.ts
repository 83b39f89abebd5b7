import { effect, untracked } from '@preact/signals'
import { insist } from '@secureconnect/sdk'
import { openDevice } from '../encryption/own-device.ts'
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
import { forgetOutgoing, restoreOutgoing, restoreSealed } from './writing/sending.ts'

/** Has a person's conversations come in; what it answers ends that and forgets them. */
export function beginChat(): () => void {
  const leaving = new AbortController()
  const disconnect = connect()
  // What cannot be had now is tried again; what is refused for good ends with the session.
  void insist(loadConversations, leaving.signal).catch(() => undefined)
  void restoreOutgoing()
  void loadMentions()
  const stopRestoring = effect(() => {
    if (openDevice.value) untracked(() => void restoreSealed().catch(() => undefined))
  })
  return () => {
    leaving.abort()
    stopRestoring()
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
