/** What is said of notifications, and what they say. */
export const notices = {
  title: 'Notifications',
  shownTitle: 'On this device',
  shownHint: 'While this page is open and out of sight, new messages and calls are shown by the system.',
  turnOn: 'Turn on notifications',
  turnOff: 'Turn off notifications',
  isOn: 'Notifications are on.',
  denied:
    'The browser does not let this page show notifications. Allow it beside the address of this page, then turn them on.',
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
