/** What stands around all pages. */
export const shell = {
  account: {
    menu: 'Status, settings and signing out',
    statuses: { online: 'Online', away: 'Away', busy: 'Busy', offline: 'Invisible' },
    signOut: 'Sign out',
  },
  toConversations: 'Back to the conversations',
  failure: {
    drawing: 'Something on this page failed. What you wrote is kept.',
    loading: 'This page could not be loaded: there is no connection, or a new version has come.',
    reload: 'Load again',
  },
}
