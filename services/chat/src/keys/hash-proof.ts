import { createHash } from 'node:crypto'

/** What is kept of a proof: whoever reads it here cannot show it to us. It is 32 bytes that nobody guesses, so a plain hash does. */
export const hashProof = (proof: string): Buffer => createHash('sha256').update(Buffer.from(proof, 'base64')).digest()
