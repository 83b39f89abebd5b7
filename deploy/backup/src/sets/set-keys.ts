import { randomBytes } from 'node:crypto'

/** Where everything is in the target. A set is what has a manifest; the bytes of objects are shared by sets. */
export const prefixes = { manifests: 'manifests/', sets: 'sets/', objects: 'objects/' } as const

/** Says the second in which the set was begun, for people: another may have been begun in it. */
export function newSetName(at: Date): string {
  const digits = at.toISOString().replace(/\D/g, '')
  return `${digits.slice(0, 8)}-${digits.slice(8, 14)}-${randomBytes(3).toString('hex')}`
}

export const isSetName = (name: string): boolean => /^\d{8}-\d{6}-[0-9a-f]{6}$/.test(name)

/** A store's keys know no underscores. */
export const streamName = (set: string, name: string): string => `${prefixes.sets}${set}/${name.replaceAll('_', '-')}`

export const manifestName = (set: string): string => `${prefixes.manifests}${set}`

/** Which bytes of an object: those that a set was the first to store, and the how many-th of it they are. */
export type StoredAs = { set: string; number: number }

export const objectName = ({ set, number }: StoredAs): string =>
  `${prefixes.objects}${set}/${String(number).padStart(10, '0')}`

export function readObjectKey(key: string): StoredAs {
  const [, set = '', number = ''] = key.split('/')
  return { set, number: Number(number) }
}
