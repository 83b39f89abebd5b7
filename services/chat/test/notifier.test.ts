import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { newId } from '@secureconnect/sql'
import { deleteMessage } from '../src/log/delete-message.ts'
import { createDraft } from '../src/log/draft.ts'
import { sendMessage } from '../src/log/send-message.ts'
import { notify } from '../src/notifications/notify.ts'
import { createRoom } from './create-room.ts'
import { openContext } from './history-room.ts'
import { pausing } from './pausing.ts'

test('a message that is deleted just while its readers are told of it leaves no notification', async (t) => {
  const context = await openContext(t, 'postgres')
  const [ada, bob] = [newId(), newId()]
  const conversation_id = await createRoom({ context }, [{ userId: ada }, { userId: bob }])
  // It was looked at before, so that nothing but this message has anybody wait.
  await context.sql.transaction((tx) => notify(tx, [conversation_id], context))
  const body = { conversation_id, content: 'regretted', message_type: 'text' } as const
  const { message_id: messageId } = await sendMessage(context, createDraft({ body, senderId: ada }))
  const late = pausing(context.sql)
  const notifying = late.sql.background.transaction((tx) => notify(tx, [conversation_id], context))
  await late.arrived
  const deleting = deleteMessage(context, { messageId, userId: ada })
  // It waits for the notifier; one that does not has time to go by it.
  await Promise.race([deleting, delay(300)])
  late.go()
  await Promise.all([notifying, deleting])
  assert.equal(await context.sql.execute`select 1 from notifications where user_id = ${bob}`, 0)
})
