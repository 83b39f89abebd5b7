import { fileCheckTopic } from '@secureconnect/directory'
import { enqueueLatest } from '@secureconnect/outbox'
import { column, type Transaction } from '@secureconnect/sql'
import { Type } from 'typebox'

const FileId = Type.Object({ file_id: column.id })

/** Has storage-service look whether anything else shows the files that a message showed which has gone. */
async function checkFiles(tx: Transaction, gone: readonly { file_id: string }[]): Promise<void> {
  const fileIds = new Set(gone.map(({ file_id }) => file_id))
  const checks = [...fileIds].map((fileId) => ({ key: fileId, payload: {} }))
  await enqueueLatest(tx, fileCheckTopic, checks)
}

/** Removes what messages show of files, from one place to another. */
export async function dropReferences(
  tx: Transaction,
  { conversationId, fromSeq = 0, throughSeq }: { conversationId: string; fromSeq?: number; throughSeq: number },
): Promise<void> {
  const gone = await tx.many(FileId)`
    delete from file_references
    where conversation_id = ${conversationId} and seq >= ${fromSeq} and seq <= ${throughSeq}
    returning file_id`
  await checkFiles(tx, gone)
}

/** Removes some of what the messages of an ended conversation show, and answers how much at most. */
export async function dropSomeReferences(tx: Transaction, conversationId: string, rows: number): Promise<number> {
  const gone = await tx.many(FileId)`
    delete from file_references where (file_id, conversation_id, seq) in (
      select file_id, conversation_id, seq from file_references where conversation_id = ${conversationId} limit ${rows}
    )
    returning file_id`
  await checkFiles(tx, gone)
  return gone.length
}
