/** What is said of one's own devices, of key backups and of safety numbers. */
export const trust = {
  settings: 'Encryption',
  own: {
    title: 'This device',
    hint: 'Encrypted conversations can be read on devices that have keys, and nowhere else.',
    open: 'This browser has the keys for your encrypted conversations. They go when you sign out.',
    begin: 'Use this browser for encrypted conversations',
  },
  devices: {
    title: 'Your devices',
    hint: 'They read your encrypted conversations. Remove what you do not know: it can read nothing that is said afterwards.',
    none: 'You have no device with keys yet.',
    current: 'This one',
    since: (time: string) => `since ${time}`,
    noKeys: 'no keys yet',
    remove: (name: string) => `Remove ${name}`,
    removing: 'It can read nothing that is said from then on. What it has read it may keep.',
  },
  backup: {
    title: 'Key backup',
    hint: 'With a key backup you can read on a new device what you have read on this one, even if all of your devices are lost. The server keeps it, and cannot open it without your passphrase.',
    make: 'Make a key backup',
    kept: (time: string) => `There is a key backup, which this device keeps up to date. Last saved: ${time}.`,
    refresh: 'Back up now',
    change: 'Change the passphrase',
    remove: 'Delete the key backup',
    removing: 'If you lose your devices, nobody can read any more what was said before.',
    locked: (time: string) =>
      `There is a key backup from ${time}. With its passphrase you can read here what you have read on other devices.`,
    forgotten:
      'If you have forgotten the passphrase, delete the backup, and make another on a device that can read everything.',
  },
  passphrase: {
    label: 'Passphrase',
    rule: (characters: number, different: number) =>
      `At least ${characters} characters, ${different} of them different. Not your password.`,
    weak: (rule: string) => `This can be guessed. ${rule}`,
    make: 'Make one that nobody can guess',
    keep: 'Write it down and keep it somewhere safe. Nobody can tell you what it was.',
  },
  restore: {
    submit: 'Restore',
    triesLeft: (count: number) =>
      count === 1 ? 'One more try today.' : `${count} tries left today, and each takes a moment.`,
    wrong: 'This is not the passphrase.',
    tooOften: (time: string) => `The passphrase was wrong too often today. Try again after ${time}.`,
    gone: 'There is no key backup any more: another of your devices deleted it.',
    tampered: 'The server handed out something that was not sealed with this passphrase. Nothing of it was used.',
  },
  numbers: {
    compare: (name: string) => `Compare safety number with ${name}`,
    title: (name: string) => `Safety number with ${name}`,
    hint: (name: string) =>
      `Compare these digits with what ${name} is shown, face to face or in a call in which you know the voice. If they are the same, nobody reads along.`,
    verify: 'They are the same',
    changedMeanwhile: 'The number has just changed. Compare this one.',
    done: (name: string) => `You have compared the safety number with ${name}.`,
    states: {
      unverified: 'not compared',
      verified: 'verified',
      changed: 'changed since you compared',
    },
    warning: (name: string) =>
      `${name} has other devices than when you compared safety numbers. Compare again before you say anything that matters: somebody may read along.`,
    noDevices: (name: string) => `${name} has no device with keys yet.`,
  },
}
