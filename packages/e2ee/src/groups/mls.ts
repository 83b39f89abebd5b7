// By their files: the index of ts-mls loads another provider of cryptography, with libraries that it does not bring.
export type { ClientConfig } from 'ts-mls/clientConfig.js'
export { defaultClientConfig } from 'ts-mls/clientConfig.js'
export {
  addHistoricalReceiverData,
  type ClientState,
  createGroup,
  decodeGroupState,
  encodeGroupState,
  type GroupState,
  joinGroup,
} from 'ts-mls/clientState.js'
export { encode } from 'ts-mls/codec/tlsEncoder.js'
export { createCommit, createGroupInfoWithExternalPubAndRatchetTree, joinGroupExternal } from 'ts-mls/createCommit.js'
export { createApplicationMessage } from 'ts-mls/createMessage.js'
export type { Credential } from 'ts-mls/credential.js'
export { type CiphersuiteImpl, getCiphersuiteFromName } from 'ts-mls/crypto/ciphersuite.js'
export { getCiphersuiteImpl } from 'ts-mls/crypto/getCiphersuiteImpl.js'
export { decodeEpochReceiverData, epochReceiverDataEncoder } from 'ts-mls/epochReceiverData.js'
export type { IncomingMessageCallback } from 'ts-mls/incomingMessageAction.js'
export {
  generateKeyPackageWithKey,
  type KeyPackage,
  makeKeyPackageRef,
  type PrivateKeyPackage,
  verifyKeyPackage,
} from 'ts-mls/keyPackage.js'
export { type LeafNode, verifyLeafNodeSignatureKeyPackage } from 'ts-mls/leafNode.js'
export { decodeMlsMessage, encodeMlsMessage, type MLSMessage } from 'ts-mls/message.js'
export { unprotectPrivateMessage } from 'ts-mls/messageProtection.js'
export { ValidationError } from 'ts-mls/mlsError.js'
export type { PrivateMessage } from 'ts-mls/privateMessage.js'
export { processMessage } from 'ts-mls/processMessages.js'
export type { Proposal } from 'ts-mls/proposal.js'
export { emptyPskIndex } from 'ts-mls/pskIndex.js'
export { decodeRatchetTree } from 'ts-mls/ratchetTree.js'
