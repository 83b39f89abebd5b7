export { TamperedError } from '../tampered-error.ts'
export type { FileKey } from './file-cipher.ts'
export { openFile, sealedSize, sealFile } from './seal-file.ts'
