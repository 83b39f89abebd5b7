import { kept } from '../../app/kept.ts'

/** What somebody had begun to write in a conversation. */
export async function readDraft(conversationId: string): Promise<string> {
  return (await kept.list('draft')).get(conversationId) ?? ''
}

export async function keepDraft(conversationId: string, text: string): Promise<void> {
  await (text === '' ? kept.remove('draft', conversationId) : kept.write('draft', conversationId, text))
}
