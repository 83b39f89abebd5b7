import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { decodeAuthenticatedContent } from 'ts-mls/authenticatedContent.js'
import { encodeCommit } from 'ts-mls/commit.js'
import { refhash } from 'ts-mls/crypto/hash.js'
import { decryptWithLabel } from 'ts-mls/crypto/hpke.js'
import { deriveSecret, deriveTreeSecret, expandWithLabel } from 'ts-mls/crypto/kdf.js'
import { signWithLabel, verifyWithLabel } from 'ts-mls/crypto/signature.js'
import { createConfirmationTag } from 'ts-mls/framedContent.js'
import { decodeGroupContext } from 'ts-mls/groupContext.js'
import { initializeEpoch } from 'ts-mls/keySchedule.js'
import { unprotectPublicMessage } from 'ts-mls/messageProtectionPublic.js'
import { createSecretTree, ratchetToGeneration } from 'ts-mls/secretTree.js'
import { decodeReuseGuard, expandSenderDataKey, expandSenderDataNonce } from 'ts-mls/sender.js'
import { createConfirmedHash, createInterimHash } from 'ts-mls/transcriptHash.js'
import { createKeyPackage } from '../src/groups/key-packages.ts'
import { defaultClientConfig, unprotectPrivateMessage } from '../src/groups/mls.ts'
import { loadSuite } from '../src/groups/suite.ts'
import { fromText } from '../src/groups/wire.ts'
import { startDevice } from './people.ts'
import schedule from './vectors/key-schedule.json' with { type: 'json' }
import protection from './vectors/message-protection.json' with { type: 'json' }
import secrets from './vectors/secret-tree.json' with { type: 'json' }
import transcript from './vectors/transcript-hashes.json' with { type: 'json' }

const bytes = (hex: string) => new Uint8Array(Buffer.from(hex, 'hex'))
const hex = (value: Uint8Array) => Buffer.from(value).toString('hex')

// Of the working group's vectors for RFC 9420 (mls-implementations, crypto-basics.json) those of our cipher suite.
suite('the basics of cryptography as RFC 9420 has them', () => {
  test('secrets are derived', async () => {
    const { kdf } = await loadSuite()
    const derived = await deriveSecret(
      bytes('51bcdc853b2fffd6c0ce55953e99ce3f47c1135a35154422e71b313a088e5925'),
      'DeriveSecret',
      kdf,
    )
    assert.equal(hex(derived), 'fd12ac470b9a57a72290f77d437f28afabb7b4ef80b22c362aa7aa6dea9eeaf0')
    const ofTree = await deriveTreeSecret(
      bytes('7620af0827ddd6506a20fe3716458f48fd89715d1396ee578eff0750dd1ab926'),
      'DeriveTreeSecret',
      2_694_881_440,
      32,
      kdf,
    )
    assert.equal(hex(ofTree), 'f85fe97705982d10dbead53c4f83318479c2211e994bcf1ba615f0d8f66d6016')
    const expanded = await expandWithLabel(
      bytes('5c96b1772964bd54abf1a8d04d3bf699a7fe7b8fd631caf33a0440f699843e3e'),
      'ExpandWithLabel',
      bytes('9492c562f40b5b40d7bc1da471e9532fee88371ef86f2fc85f0f2a4dc7e9ae81'),
      16,
      kdf,
    )
    assert.equal(hex(expanded), 'c7dfff34de8da81aa8dd85828ad05344')
  })

  test('references are made', async () => {
    const { hash } = await loadSuite()
    const value = bytes('d322a8468c26e37b1f0f6664e91c1b81f0c3ba87ff1903604426d512e2451d6f')
    const reference = await refhash('RefHash', value, hash)
    assert.equal(hex(reference), 'a00d38eb47333e317599170dfbe420cbc542d7e615d27861935bc4200ccb6daa')
  })

  test('what is encrypted to a public key is decrypted', async () => {
    const { hpke } = await loadSuite()
    const plain = await decryptWithLabel(
      await hpke.importPrivateKey(bytes('aa986a7941001bf2f509c54d8f61a5b419c8a0ff02634cf1ccea35b56c8fb002')),
      'EncryptWithLabel',
      bytes('86a8fab1597b2d3fc1498464259eb50852a36f5554589c747f2d6c1fbc67c3d4'),
      bytes('fde840e33c794491db60c2c20e26738b8756b045b33f44bf93b5551fdffbdc5c'),
      bytes('9fa3af0beaef151947d8af1a45cbc940181cc901d1437d7fc85e4dcb38a3273e730d414abee7eba789a5a55dbbce4cc7'),
      hpke,
    )
    assert.equal(hex(plain), 'dce54bc43e1bee8c4a9f6224ee9959d171c379c43d05383861307d3e52469a3f')
  })

  test('signatures are made and judged', async () => {
    const { signature } = await loadSuite()
    const content = bytes('ac833a785a00dc0a8e4d777d7b37ad403a33916334306730d4ce2e359e49169c')
    const expected =
      '8227e8cb94513227ebca109f6846c1c2d2952e11871e46bb571a9b0173e9cca9' +
      'a1937e6855183e4059669167908a36614bad713f914766f5d7ea8393c995d009'
    const privateKey = bytes('6db310bb3cb063f3fc498e048dbd33885b260a7ee606c8ebd5231d2258b6e572')
    const publicKey = bytes('fa69d57b300537d17953e7292ceff3dd3a6b0284d1e5aa5bc35db01dd9ce78a4')
    assert.equal(hex(await signWithLabel(privateKey, 'SignWithLabel', content, signature)), expected)
    assert.ok(await verifyWithLabel(publicKey, 'SignWithLabel', content, bytes(expected), signature))
    assert.ok(!(await verifyWithLabel(publicKey, 'SignWithLabel', content.fill(0, 0, 1), bytes(expected), signature)))
  })
})

const keyRetention = defaultClientConfig.keyRetentionConfig
const toBase64 = (value: string) => Buffer.from(value, 'hex').toString('base64')

/** Two devices of which the second one sends, as the vectors have it. */
async function createSending() {
  const { leafNode: leaf } = (await createKeyPackage(await startDevice())).publicPackage
  const node = { nodeType: 'leaf', leaf } as const
  const context = {
    version: 'mls10',
    cipherSuite: 'MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519',
    groupId: bytes(protection.group_id),
    epoch: BigInt(protection.epoch),
    treeHash: bytes(protection.tree_hash),
    confirmedTranscriptHash: bytes(protection.confirmed_transcript_hash),
    extensions: [],
  } as const
  return { tree: [node, undefined, node], context: { ...context, extensions: [] } }
}

async function openPrivate(message: string) {
  const cipherSuite = await loadSuite()
  const { tree, context } = await createSending()
  const opened = await unprotectPrivateMessage(
    bytes(protection.sender_data_secret),
    fromText(toBase64(message), 'mls_private_message').privateMessage,
    await createSecretTree(2, bytes(protection.encryption_secret), cipherSuite.kdf),
    tree,
    context,
    keyRetention,
    cipherSuite,
    bytes(protection.signature_pub),
  )
  return opened.content.content
}

suite('groups as RFC 9420 has them', () => {
  test('the keys of each sender are derived from the secret of the epoch', async () => {
    const cipherSuite = await loadSuite()
    const tree = await createSecretTree(secrets.leaves.length, bytes(secrets.encryption_secret), cipherSuite.kdf)
    const [reuseGuard] = decodeReuseGuard(new Uint8Array(4), 0) ?? assert.fail('it is four bytes')
    for (const [leafIndex, leaf] of secrets.leaves.entries()) {
      const sender = { leafIndex, generation: secrets.generation, reuseGuard }
      const spoken = await ratchetToGeneration(tree, sender, 'application', keyRetention, cipherSuite)
      assert.deepEqual([hex(spoken.key), hex(spoken.nonce)], [leaf.application_key, leaf.application_nonce])
      const committed = await ratchetToGeneration(tree, sender, 'commit', keyRetention, cipherSuite)
      assert.deepEqual([hex(committed.key), hex(committed.nonce)], [leaf.handshake_key, leaf.handshake_nonce])
    }
    const { sender_data_secret, ciphertext, key, nonce } = secrets.sender_data
    const [secret, sample] = [bytes(sender_data_secret), bytes(ciphertext)]
    assert.equal(hex(await expandSenderDataKey(cipherSuite, secret, sample)), key)
    assert.equal(hex(await expandSenderDataNonce(cipherSuite, secret, sample)), nonce)
  })

  test('messages and commits are opened, and their signatures judged', async () => {
    const said = await openPrivate(protection.application_priv)
    assert.ok(said.contentType === 'application')
    assert.equal(hex(said.applicationData), protection.application)
    const committed = await openPrivate(protection.commit_priv)
    assert.ok(committed.contentType === 'commit')
    assert.equal(hex(encodeCommit(committed.commit)), protection.commit)
    const { tree, context } = await createSending()
    const [membershipKey, signer] = [bytes(protection.membership_key), bytes(protection.signature_pub)]
    const { publicMessage } = fromText(toBase64(protection.commit_pub), 'mls_public_message')
    const open = async () =>
      unprotectPublicMessage(membershipKey, context, tree, publicMessage, await loadSuite(), signer)
    const { content } = await open()
    assert.ok(content.contentType === 'commit')
    assert.equal(hex(encodeCommit(content.commit)), protection.commit)
    context.epoch += 1n
    await assert.rejects(open())
  })

  test('the secrets of an epoch are derived from those of the one before and of its commit', async () => {
    const { kdf } = await loadSuite()
    const [context] = decodeGroupContext(bytes(schedule.group_context), 0) ?? []
    const [before, commit, psk] = [schedule.init_secret_before, schedule.commit_secret, schedule.psk_secret].map(bytes)
    assert.ok(context && before && commit && psk)
    const { keySchedule, ...made } = await initializeEpoch(before, commit, context, psk, kdf)
    const derived = {
      joiner_secret: made.joinerSecret,
      welcome_secret: made.welcomeSecret,
      encryption_secret: made.encryptionSecret,
      init_secret: keySchedule.initSecret,
      sender_data_secret: keySchedule.senderDataSecret,
      epoch_authenticator: keySchedule.epochAuthenticator,
      external_secret: keySchedule.externalSecret,
      confirmation_key: keySchedule.confirmationKey,
      membership_key: keySchedule.membershipKey,
    }
    const told = Object.entries(derived).map(([name, secret]) => [name, hex(secret).toUpperCase()])
    assert.deepEqual({ ...schedule, ...Object.fromEntries(told) }, schedule)
  })

  test('each commit is hashed onto all those before it', async () => {
    const { hash } = await loadSuite()
    const [authenticated] = decodeAuthenticatedContent(bytes(transcript.authenticated_content), 0) ?? []
    const { wireformat, content, auth } = authenticated ?? assert.fail('it is content')
    assert.ok(content.contentType === 'commit' && auth.contentType === 'commit')
    const before = bytes(transcript.interim_transcript_hash_before)
    const confirmed = await createConfirmedHash(before, { wireformat, content, signature: auth.signature }, hash)
    assert.equal(hex(confirmed), transcript.confirmed_transcript_hash_after.toLowerCase())
    const tag = await createConfirmationTag(bytes(transcript.confirmation_key), confirmed, hash)
    assert.deepEqual(tag, auth.confirmationTag)
    const interim = await createInterimHash(confirmed, tag, hash)
    assert.equal(hex(interim), transcript.interim_transcript_hash_after.toLowerCase())
  })
})
