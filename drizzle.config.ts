import { defineConfig } from "drizzle-kit";

/** `npm run db:generate -- --name what_it_does` writes the next migration; read its SQL before keeping it. */
export default defineConfig({
  dialect: "turso",
  schema: "./db/schema/index.ts",
  out: "./db/migrations",
});
