import { type ErrorCode, files } from '@secureconnect/protocol'
import type { Input, Values } from '@secureconnect/test/helpers'
import { announce, createPerson, type Person, put, type Storage, share, upload } from './test-storage.ts'

/** A file that its owner sent where a member is and somebody was, and bytes of his that wait for their completion. */
export type Scene = { owner: Person; member: Person; former: Person; fileId: string; uploadId: string; groupId: string }

export async function createScene(storage: Storage): Promise<Scene> {
  const [owner, member] = [await createPerson(storage), await createPerson(storage)]
  const former = await createPerson(storage)
  const fileId = await upload(storage, owner)
  const groupId = await share(storage, { people: [owner, member, former], fileIds: [fileId] })
  await storage.context.sql.execute`
    update members set left_at = now() where conversation_id = ${groupId} and user_id = ${former.userId}`
  const { data } = await announce(storage, owner)
  await put(data, 'hello')
  return { owner, member, former, fileId, uploadId: data.file_id, groupId }
}

/** Somebody whose role in the whole installation gives him nothing of other people's files. */
export async function createAdministrator(storage: Storage): Promise<Person> {
  const person = await createPerson(storage)
  await storage.context.sql.execute`update users set role = 'admin' where user_id = ${person.userId}`
  return { ...person, token: storage.mint(person, { role: 'admin' }) }
}

export type Fixture = {
  /** What of the input cannot be made up, because it has to be somebody's or something's. */
  input?: (scene: Scene) => Partial<Input>
  /** The answer to a member of the conversation where the file was sent, where it is no success. */
  member?: ErrorCode
  /** The answer to all others, where it is not that there is no such file. */
  outsider?: 'success'
}

/** What operations need besides input that fits their schemas, and what they answer to whom. */
export const fixtures: Readonly<Record<string, Fixture>> = {
  [files.beginUpload.name]: { input: () => ({ body: { content_type: 'text/plain' } }), outsider: 'success' },
  [files.completeUpload.name]: {
    input: ({ uploadId }) => ({ body: { file_id: uploadId } }),
    member: 'FILE_NOT_FOUND',
  },
  [files.list.name]: { outsider: 'success' },
  [files.delete.name]: { member: 'FORBIDDEN' },
  [files.getQuota.name]: { outsider: 'success' },
}

/** What fields of these names hold, in whichever operation they stand. */
export function namedValues({ fileId, groupId }: Scene): Values {
  return { file_id: fileId, conversation_id: groupId }
}
