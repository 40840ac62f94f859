/**
 * The boot sector of the tests' guest, as nasm makes it of guest-boot.asm beside this file: a machine
 * that has no assembler runs the tests, too.
 */
const CODE = [
  "McCO2I7AjtC8AHyIFtd8/L7IfOiWAGa4AAgAAGaj5Hy0QuhgAGahAIBmo9h86GEAvtB86HYAZscG5Hyg",
  "hgEAtELoQQBmoQCA6EYAvtR86FsAgD78fQB1Avr0Zv8G2Hxmodh8ZqMAgGbHBuR8AAgAALRD6BAAZscG",
  "5HyghgEAtEPoAgDr1TDAihbXfL7cfM0Tw7kIAGbBwARmUCQPPApyAgQHBDDoEABmWOLpw6yEwHQF6AMA",
  "6/bDUlC6/QPsqCB0+1i6+APuWsNCT09UIEE9ACBCPQANCgAAAAAAABAAAQAAgA==",
].join("");

/** 512 bytes; a guest that `writes` counts on its first disk for ever, any other stands still. */
export function guestBoot(options: { readonly writes: boolean }): Buffer {
  const sector = Buffer.alloc(512);
  Buffer.from(CODE, "base64").copy(sector);
  sector[508] = options.writes ? 1 : 0;
  sector.writeUInt16BE(0x55aa, 510);
  return sector;
}
