/** The words of one's own settings. */
export const settings = {
  title: 'Settings',
  save: 'Save',
  saved: 'Saved.',
  profile: {
    title: 'Profile',
    username: (name: string) => `People find you as @${name}.`,
  },
}
