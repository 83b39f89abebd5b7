import type { Blobs } from '@secureconnect/blobs'

/** What is asked of a place where bytes are. */
export type ByteStore = Pick<Blobs, 'read' | 'write' | 'putPieces' | 'list' | 'remove'>

/** Where backups are, and the key without which nobody reads them. */
export type Vault = { store: ByteStore; key: string }
