/** Where people go who do not come from anywhere. */
export const WORKROOM = "/ruang-kerja/";

/**
 * The page to go back to after signing in. Only pages of the workroom: an address that leads
 * elsewhere, however it is written, becomes the workroom itself.
 */
export function returnPath(given: string | null | undefined): string {
  if (!given?.startsWith(WORKROOM) || given.length > 500) return WORKROOM;
  // Back strokes and control characters are read by browsers in ways of their own.
  return /^[\w\-./?=&%:,+~@!*()]+$/.test(given) ? given : WORKROOM;
}
