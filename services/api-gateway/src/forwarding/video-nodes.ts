import { type Setting, SettingFault, url } from '@secureconnect/config'
import { isNodeName } from '@secureconnect/protocol'
import { malformedRequest, noSuchNode } from '../errors.ts'
import type { Upstream } from './upstream.ts'

export type VideoNode = { name: string; url: string }

const nodeUrl = url(['http:'])

/** One node with rooms of calls, and where it is: `video-1=http://video-1:8083`. */
export const videoNode: Setting<VideoNode> = {
  kind: 'plain',
  parse(raw, surroundings) {
    const [name = '', ...rest] = raw.split('=')
    if (!isNodeName(name)) throw new SettingFault(`must be like video-1=http://video-1:8083, not "${raw}"`)
    return { name, url: nodeUrl.parse(rest.join('='), surroundings) }
  },
}

/**
 * The node that the opening of a socket names; undefined where it names none, or where there is but the one that everybody
 * is sent to.
 */
export function findNode(nodes: ReadonlyMap<string, Upstream>, target: string): Upstream | undefined {
  const names = new URLSearchParams(target.split('?', 2)[1]).getAll('node')
  if (names.length === 0) return undefined
  const [name = ''] = names
  if (names.length > 1 || !isNodeName(name)) throw malformedRequest('"node" is one name as in a signaling_url.')
  if (nodes.size === 0) return undefined
  const node = nodes.get(name)
  if (!node) throw noSuchNode()
  return node
}
