/** What is said of encrypted conversations, in English. */
export const encryption = {
  title: 'Encryption',
  encrypted: 'End-to-end encrypted',
  write: 'Encrypted message',
  start: 'End-to-end encrypted',
  startHint:
    'Only the devices of the people in it can read it, not this server. In return there is no search in it, no recording of calls, no reactions and no polls, and it cannot be turned off.',
  turnOn: 'Turn on encryption',
  turnOnQuestion:
    'From then on only the devices of the people here can read what is said, not this server. There is no search in it any more, no recording of calls, no reactions and no polls. What was said before stays as it was. This cannot be turned off.',
  notEncrypted: 'Not encrypted: this server can read what is said here.',
  readers: 'What is said here can be read on',
  devicesOf: (count: number) => (count === 1 ? '1 device' : `${count} devices`),
  noDevices: 'no device yet',
  disclose: 'Tell them what it says',
  discloseHint: 'The administrators cannot read it otherwise.',
  keyRefused: 'The server handed out a key that cannot be trusted. It was not used.',
  endsHere: 'What follows is not encrypted: this server can read it.',
  beginsHere: 'From here on, messages are end-to-end encrypted.',
  readings: {
    opening: 'Being opened …',
    unreadable: 'Sent before this device came in: it cannot be read here.',
    missed: 'Its keys are missing: the server does not have them, or keeps them back.',
    tampered: 'This message was changed on its way, or is not by whom it says. It is not shown.',
    elsewhere: 'This message is open in another page of this browser.',
    failed: 'This message cannot be opened in this browser now.',
  },
  standing: {
    opening: 'Opening the keys of this device …',
    elsewhere: 'Another page of this browser has the keys of this device, and only one can use them at a time.',
    take: 'Use them here',
    failed: (why: string) => `The keys of this device cannot be opened: ${why}`,
    insecure: 'Encryption needs an address that begins with https.',
    tooManyDevices: 'You have as many devices as one may have. Remove one in the settings.',
    noVault: 'This browser keeps nothing for this page, perhaps because its window is private.',
  },
  unready: (names: readonly string[], count: number) => {
    const others = count - names.length
    const who = others > 0 ? `${names.join(', ')} and ${others} more` : names.join(', ')
    return `No device yet: ${who}. What is written now, they will not be able to read.`
  },
  waiting: (name: string) => `${name} has no device yet that could read it. It is sent as soon as there is one.`,
  waitingForAll: 'Nobody here has a device yet that could read it. It is sent as soon as there is one.',
  doubt: 'Something does not add up with the keys of this conversation: it may have been changed on its way.',
  rejoin: 'Get new keys',
  rejoinQuestion:
    'This device gives up the keys that it has here and gets new ones. What it could not read before, it will not be able to read after that either.',
  fileTampered: 'This file is not the one that was sent: it was changed on its way.',
  news: {
    added: (name: string) => `${name} has a new device.`,
    ownAdded: 'You have a new device. If that was not you, remove it in the settings.',
    removed: (name: string) => `${name} has a device less.`,
    ownRemoved: 'You have a device less.',
    replaced: (name: string) =>
      `The keys of ${name} changed: a device was set up anew, or somebody stands in its place.`,
    ownReplaced: 'The keys of one of your devices changed.',
    wasVerified: (name: string) => `They are no longer what you compared with ${name}.`,
    look: 'Look at it',
    seen: 'All right',
  },
}
