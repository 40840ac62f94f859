/** Names of databases, tables and columns, none longer than the 63 bytes that PostgreSQL allows. */
export const HARD_NAMES: readonly string[] = [
  `"ganda" 'petik' \`balik\``,
  "baris\nbaru",
  "host=127.0.0.1 dbname=postgres",
  "100% %s %d",
  "-f",
  "--help",
  "emoji 😀 é",
  "\\garis\\ \t tab",
  "$(id); `id` | & > <",
  "x".repeat(63),
  "SELECT",
];
