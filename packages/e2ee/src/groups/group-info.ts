import type { Group } from './group.ts'
import { createGroupInfoWithExternalPubAndRatchetTree } from './mls.ts'
import { loadSuite } from './suite.ts'
import { toText } from './wire.ts'

/** What a device needs that comes in by itself; it opens nothing that was written before. */
export async function describeGroup({ state }: Group): Promise<string> {
  const groupInfo = await createGroupInfoWithExternalPubAndRatchetTree(state, [], await loadSuite())
  return toText({ version: 'mls10', wireformat: 'mls_group_info', groupInfo })
}
