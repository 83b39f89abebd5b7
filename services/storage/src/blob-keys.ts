import { newId } from '@secureconnect/sql'

/** Where clients put bytes. Nothing is ever served from there. */
export const stagingPrefix = 'staging/'
/** Where the bytes of files are; nobody has a URL to write there. */
export const filePrefix = 'files/'
export const previewPrefix = 'previews/'

export function stagingKey(fileId: string): string {
  return `${stagingPrefix}${fileId}`
}

/** A key that no other completion of the same upload uses. */
export function newFileKey(fileId: string): string {
  return `${filePrefix}${fileId}-${newId()}`
}

export function newPreviewKey(fileId: string): string {
  return `${previewPrefix}${fileId}-${newId()}`
}

const ofFile = /^[a-z]+\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/

/** Which file a key was made for; undefined where it was not made here. */
export function readFileId(key: string): string | undefined {
  return ofFile.exec(key)?.[1]
}
