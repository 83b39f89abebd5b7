export { type AppliedCommit, applyCommit, type Change, type MadeCommit, makeCommit } from './commits.ts'
export { createDevice, type Device, decodeDevice, encodeDevice } from './device.ts'
export { GroupError, type GroupFault } from './errors.ts'
export { type Accepts, beginGroup, epochOf, type Group, isMember, listMembers } from './group.ts'
export { describeGroup } from './group-info.ts'
export { joinByWelcome, joinFromOutside, listWelcomed } from './join.ts'
export { groupPrefix, loadGroup, toChanges, toForgetting } from './keep-group.ts'
export {
  createKeyPackage,
  decodeKeyPackage,
  encodeKeyPackage,
  endOf,
  keyPackageDays,
  nameKeyPackage,
  type OwnKeyPackage,
  publishKeyPackage,
  readKeyPackage,
} from './key-packages.ts'
export { isSameDevice, isSameMember, type Member } from './members.ts'
export { type Binding, type Decrypted, decrypt, encrypt, epochOfMessage } from './messages.ts'
export { encodeMadeCommit, readMadeGroup, takeOwnCommit } from './own-commits.ts'
export { type Changes, createMemoryVault, type Vault } from './vault.ts'
