/** Tables of better-auth, with the names and fields it expects. Authority is never read from here. */
import { index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";

export const user = sqliteTable("user", {
  id: text("id").primaryKey(),
  name: text("name").notNull(),
  email: text("email").notNull().unique(),
  emailVerified: integer("email_verified", { mode: "boolean" }).notNull().default(false),
  image: text("image"),
  twoFactorEnabled: integer("two_factor_enabled", { mode: "boolean" }).notNull().default(false),
  createdAt: integer("created_at", { mode: "timestamp_ms" }).notNull(),
  updatedAt: integer("updated_at", { mode: "timestamp_ms" }).notNull(),
});

export const session = sqliteTable(
  "session",
  {
    id: text("id").primaryKey(),
    token: text("token").notNull().unique(),
    userId: text("user_id")
      .notNull()
      .references(() => user.id, { onDelete: "cascade" }),
    expiresAt: integer("expires_at", { mode: "timestamp_ms" }).notNull(),
    ipAddress: text("ip_address"),
    userAgent: text("user_agent"),
    createdAt: integer("created_at", { mode: "timestamp_ms" }).notNull(),
    /** When it was last used. */
    updatedAt: integer("updated_at", { mode: "timestamp_ms" }).notNull(),
    way: text("way", { enum: ["password", "passkey", "oidc"] })
      .notNull()
      .default("password"),
    /** Whether more than a password was shown; without it the session only sets a second factor up. */
    secondFactor: integer("second_factor", { mode: "boolean" }).notNull().default(false),
  },
  // All sessions of one person end together when the password changes.
  (table) => [index("session_user").on(table.userId)],
);

export const account = sqliteTable(
  "account",
  {
    id: text("id").primaryKey(),
    accountId: text("account_id").notNull(),
    providerId: text("provider_id").notNull(),
    userId: text("user_id")
      .notNull()
      .references(() => user.id, { onDelete: "cascade" }),
    accessToken: text("access_token"),
    refreshToken: text("refresh_token"),
    idToken: text("id_token"),
    accessTokenExpiresAt: integer("access_token_expires_at", { mode: "timestamp_ms" }),
    refreshTokenExpiresAt: integer("refresh_token_expires_at", { mode: "timestamp_ms" }),
    scope: text("scope"),
    password: text("password"),
    createdAt: integer("created_at", { mode: "timestamp_ms" }).notNull(),
    updatedAt: integer("updated_at", { mode: "timestamp_ms" }).notNull(),
  },
  // Sign-in looks the password up by person.
  (table) => [index("account_user").on(table.userId)],
);

export const verification = sqliteTable(
  "verification",
  {
    id: text("id").primaryKey(),
    identifier: text("identifier").notNull(),
    value: text("value").notNull(),
    expiresAt: integer("expires_at", { mode: "timestamp_ms" }).notNull(),
    createdAt: integer("created_at", { mode: "timestamp_ms" }).notNull(),
    updatedAt: integer("updated_at", { mode: "timestamp_ms" }).notNull(),
  },
  // Verifications are found by what they verify.
  (table) => [index("verification_identifier").on(table.identifier)],
);

/** TOTP secrets and recovery codes, encrypted by better-auth. */
export const twoFactor = sqliteTable(
  "two_factor",
  {
    id: text("id").primaryKey(),
    secret: text("secret").notNull(),
    backupCodes: text("backup_codes").notNull(),
    userId: text("user_id")
      .notNull()
      .references(() => user.id, { onDelete: "cascade" }),
    verified: integer("verified", { mode: "boolean" }).notNull().default(true),
    failedVerificationCount: integer("failed_verification_count").notNull().default(0),
    lockedUntil: integer("locked_until", { mode: "timestamp_ms" }),
  },
  // Looked up by person at every sign-in.
  (table) => [index("two_factor_user").on(table.userId)],
);

export const passkey = sqliteTable(
  "passkey",
  {
    id: text("id").primaryKey(),
    name: text("name"),
    publicKey: text("public_key").notNull(),
    userId: text("user_id")
      .notNull()
      .references(() => user.id, { onDelete: "cascade" }),
    credentialID: text("credential_id").notNull(),
    counter: integer("counter").notNull(),
    deviceType: text("device_type").notNull(),
    backedUp: integer("backed_up", { mode: "boolean" }).notNull(),
    transports: text("transports"),
    createdAt: integer("created_at", { mode: "timestamp_ms" }),
    aaguid: text("aaguid"),
  },
  // A sign-in by passkey finds its key by credential, the account page by person.
  (table) => [
    index("passkey_credential").on(table.credentialID),
    index("passkey_user").on(table.userId),
  ],
);

/** Failed sign-ins in a row. The key is a hash of the address, so that unknown addresses count too. */
export const signInFailures = sqliteTable("sign_in_failures", {
  key: text("key").primaryKey(),
  failed: integer("failed").notNull(),
  lastAt: integer("last_at").notNull(),
});

/** One-time links by which a person sets a new password; of the code only its hash is kept. */
export const recoveries = sqliteTable(
  "recoveries",
  {
    hash: text("hash").primaryKey(),
    person: text("person")
      .notNull()
      .references(() => user.id, { onDelete: "cascade" }),
    /** Person who issued it; null on the server itself. */
    issuedBy: text("issued_by"),
    /** Second factors are removed as well, to be set up anew. */
    removesSecondFactor: integer("removes_second_factor", { mode: "boolean" }).notNull(),
    issuedAt: text("issued_at").notNull(),
    expiresAt: text("expires_at").notNull(),
    usedAt: text("used_at"),
  },
  // A newer link, and a use, ends the person's other links.
  (table) => [index("recoveries_person").on(table.person)],
);
