/** What is said of notifications, and what they say. */
export const notices = {
  title: 'Notifications',
  shownTitle: 'On this device',
  shownHint: 'While you do not look at this page, new messages and calls are shown by the system.',
  turnOn: 'Turn on notifications',
  turnOff: 'Turn off notifications',
  isOn: 'Notifications are on.',
  push: {
    on: 'They come while this page is closed, too.',
    unable: 'They come while this page is open: this browser takes none for pages that are closed.',
    unconfigured: 'They come while this page is open: this server is not set up to send any to pages that are closed.',
    refused:
      'They come while this page is open. The browser refused those for closed pages: some do in private windows, some until push messages are allowed in their settings.',
    unreachable:
      'They come while this page is open. Those for closed pages could not be arranged just now; it is tried again when the page is loaded.',
  },
  denied:
    'The browser does not let this page show notifications. Allow it beside the address of this page, then turn them on.',
  undecided: 'The browser asked, and nothing was chosen. Turn them on again to be asked once more.',
  insecure: 'Browsers show notifications of pages with a secure address alone: one that begins with https.',
  unable: 'This browser shows no notifications. The number of unread messages stands in the title of the page.',
  heardTitle: 'Sound',
  heard: 'Play a sound for what is new while the page is out of sight',
  ringing: 'is calling you',
  byKind: {
    message: 'wrote to you',
    mention: 'mentioned you',
    reaction: 'reacted to your message',
    poll_closed: 'A poll has closed',
    group_added: 'added you to a group',
    friend_request: 'wants to be your friend',
    file_refused: 'A file of yours was refused because it may do harm',
    call_missed: 'called you',
  },
} as const
