CREATE TABLE `asset_changes` (
	`id` text PRIMARY KEY NOT NULL,
	`asset` text NOT NULL,
	`at` text NOT NULL,
	`by` text NOT NULL,
	`how` text NOT NULL,
	`changes` text NOT NULL,
	FOREIGN KEY (`asset`) REFERENCES `assets`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `asset_changes_asset` ON `asset_changes` (`asset`);--> statement-breakpoint
CREATE TABLE `asset_reviews` (
	`id` text PRIMARY KEY NOT NULL,
	`asset` text NOT NULL,
	`at` text NOT NULL,
	`by` text NOT NULL,
	`result` text NOT NULL,
	`note` text,
	FOREIGN KEY (`asset`) REFERENCES `assets`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `asset_reviews_asset` ON `asset_reviews` (`asset`);--> statement-breakpoint
CREATE TABLE `assets` (
	`id` text PRIMARY KEY NOT NULL,
	`agency` text NOT NULL,
	`code` text NOT NULL,
	`name` text NOT NULL,
	`owner` text NOT NULL,
	`kind` text NOT NULL,
	`category` text NOT NULL,
	`place` text NOT NULL,
	`alias` text,
	`note` text,
	`status` text NOT NULL,
	`registered_at` text NOT NULL,
	`registered_by` text NOT NULL,
	`review_due` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `assets_code_unique` ON `assets` (`code`);--> statement-breakpoint
CREATE UNIQUE INDEX `assets_alias` ON `assets` (`agency`,`alias`);--> statement-breakpoint
CREATE INDEX `assets_review` ON `assets` (`agency`,`review_due`);--> statement-breakpoint
CREATE TABLE `plans` (
	`request` text PRIMARY KEY NOT NULL,
	`agency` text NOT NULL,
	`agent` text NOT NULL,
	`aliases` text NOT NULL,
	`starts_at` text NOT NULL,
	`ends_at` text NOT NULL,
	`bytes` integer,
	`created_at` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `plans_time` ON `plans` (`agency`,`starts_at`);--> statement-breakpoint
CREATE TABLE `target_measures` (
	`job` text NOT NULL,
	`alias` text NOT NULL,
	`agent` text NOT NULL,
	`engine` text NOT NULL,
	`action` text NOT NULL,
	`bytes` integer NOT NULL,
	`seconds` real NOT NULL,
	`verified` integer NOT NULL,
	`finished_at` text NOT NULL,
	PRIMARY KEY(`job`, `alias`)
);
--> statement-breakpoint
CREATE INDEX `target_measures_alias` ON `target_measures` (`agent`,`alias`,`action`,`finished_at`);--> statement-breakpoint
CREATE TABLE `vault_days` (
	`agent` text NOT NULL,
	`vault` text NOT NULL,
	`day` text NOT NULL,
	`free_bytes` integer NOT NULL,
	PRIMARY KEY(`agent`, `vault`, `day`)
);
--> statement-breakpoint
CREATE TABLE `passkey` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text,
	`public_key` text NOT NULL,
	`user_id` text NOT NULL,
	`credential_id` text NOT NULL,
	`counter` integer NOT NULL,
	`device_type` text NOT NULL,
	`backed_up` integer NOT NULL,
	`transports` text,
	`created_at` integer,
	`aaguid` text,
	FOREIGN KEY (`user_id`) REFERENCES `user`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `passkey_credential` ON `passkey` (`credential_id`);--> statement-breakpoint
CREATE INDEX `passkey_user` ON `passkey` (`user_id`);--> statement-breakpoint
CREATE TABLE `recoveries` (
	`hash` text PRIMARY KEY NOT NULL,
	`person` text NOT NULL,
	`issued_by` text,
	`removes_second_factor` integer NOT NULL,
	`issued_at` text NOT NULL,
	`expires_at` text NOT NULL,
	`used_at` text,
	FOREIGN KEY (`person`) REFERENCES `user`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `recoveries_person` ON `recoveries` (`person`);--> statement-breakpoint
CREATE TABLE `sign_in_failures` (
	`key` text PRIMARY KEY NOT NULL,
	`failed` integer NOT NULL,
	`last_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `two_factor` (
	`id` text PRIMARY KEY NOT NULL,
	`secret` text NOT NULL,
	`backup_codes` text NOT NULL,
	`user_id` text NOT NULL,
	`verified` integer DEFAULT true NOT NULL,
	`failed_verification_count` integer DEFAULT 0 NOT NULL,
	`locked_until` integer,
	FOREIGN KEY (`user_id`) REFERENCES `user`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `two_factor_user` ON `two_factor` (`user_id`);--> statement-breakpoint
CREATE TABLE `calendar_feeds` (
	`person` text PRIMARY KEY NOT NULL,
	`renewals` integer NOT NULL,
	FOREIGN KEY (`person`) REFERENCES `user`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `calendar_versions` (
	`agency` text NOT NULL,
	`seen_at` text NOT NULL,
	`digest` text NOT NULL,
	`json` text NOT NULL,
	PRIMARY KEY(`agency`, `seen_at`)
);
--> statement-breakpoint
CREATE TABLE `escalations` (
	`request` text NOT NULL,
	`position` integer NOT NULL,
	`percent` integer NOT NULL,
	`at` text NOT NULL,
	PRIMARY KEY(`request`, `position`, `percent`)
);
--> statement-breakpoint
CREATE TABLE `outbox` (
	`id` text PRIMARY KEY NOT NULL,
	`channel` text NOT NULL,
	`dedupe` text NOT NULL,
	`to` text NOT NULL,
	`subject` text NOT NULL,
	`body` text NOT NULL,
	`request` text,
	`created_at` text NOT NULL,
	`not_before` text NOT NULL,
	`attempts` integer DEFAULT 0 NOT NULL,
	`first_tried_at` text,
	`error` text,
	`sent_at` text,
	`given_up_at` text
);
--> statement-breakpoint
CREATE UNIQUE INDEX `outbox_dedupe_unique` ON `outbox` (`dedupe`);--> statement-breakpoint
CREATE INDEX `outbox_waiting` ON `outbox` (`not_before`) WHERE "outbox"."sent_at" IS NULL AND "outbox"."given_up_at" IS NULL;--> statement-breakpoint
CREATE TABLE `admin_log` (
	`id` text PRIMARY KEY NOT NULL,
	`at` text NOT NULL,
	`by` text,
	`act` text NOT NULL,
	`person` text,
	`detail` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `admin_log_at` ON `admin_log` (`at`);--> statement-breakpoint
CREATE TABLE `admins` (
	`person` text PRIMARY KEY NOT NULL,
	`granted_by` text,
	`created_at` text NOT NULL,
	FOREIGN KEY (`person`) REFERENCES `user`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `inactive_people` (
	`person` text PRIMARY KEY NOT NULL,
	`by` text,
	`at` text NOT NULL,
	FOREIGN KEY (`person`) REFERENCES `user`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `mandates` (
	`id` text PRIMARY KEY NOT NULL,
	`giver` text NOT NULL,
	`receiver` text NOT NULL,
	`agency` text NOT NULL,
	`jabatan` text NOT NULL,
	`since` text NOT NULL,
	`until` text NOT NULL,
	`basis` text NOT NULL,
	`created_at` text NOT NULL,
	`ended_at` text,
	FOREIGN KEY (`giver`) REFERENCES `user`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`receiver`) REFERENCES `user`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `mandates_receiver` ON `mandates` (`receiver`);--> statement-breakpoint
CREATE INDEX `mandates_giver` ON `mandates` (`giver`);--> statement-breakpoint
CREATE TABLE `signers` (
	`person` text PRIMARY KEY NOT NULL,
	`nip` text,
	`rank` text,
	`sealed_nik` text,
	FOREIGN KEY (`person`) REFERENCES `user`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `ppid_events` (
	`stream` text NOT NULL,
	`version` integer NOT NULL,
	`bytes` text NOT NULL,
	`hash` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `ppid_events_stream_version` ON `ppid_events` (`stream`,`version`);--> statement-breakpoint
CREATE TABLE `ppid_requests` (
	`id` text PRIMARY KEY NOT NULL,
	`agency` text NOT NULL,
	`status` text NOT NULL,
	`state` text NOT NULL,
	`version` integer NOT NULL,
	`head` text NOT NULL,
	`request_content` text NOT NULL,
	`requested_at` text NOT NULL,
	`year` integer NOT NULL,
	`register_number` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `ppid_requests_register` ON `ppid_requests` (`agency`,`year`,`register_number`);--> statement-breakpoint
CREATE INDEX `ppid_requests_status` ON `ppid_requests` (`agency`,`status`);--> statement-breakpoint
CREATE TABLE `letter_counters` (
	`agency` text NOT NULL,
	`series` text NOT NULL,
	`year` integer NOT NULL,
	`last` integer NOT NULL,
	PRIMARY KEY(`agency`, `series`, `year`)
);
--> statement-breakpoint
CREATE TABLE `submission_drafts` (
	`hash` text PRIMARY KEY NOT NULL,
	`slug` text NOT NULL,
	`sealed` text NOT NULL,
	`sealed_letter` blob,
	`updated_at` text NOT NULL,
	`expires_at` text NOT NULL
);
--> statement-breakpoint
ALTER TABLE `session` ADD `way` text DEFAULT 'password' NOT NULL;--> statement-breakpoint
ALTER TABLE `session` ADD `second_factor` integer DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE `user` ADD `two_factor_enabled` integer DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE `documents` ADD `state` text;--> statement-breakpoint
ALTER TABLE `documents` ADD `source` text;--> statement-breakpoint
ALTER TABLE `documents` ADD `number` text;--> statement-breakpoint
ALTER TABLE `documents` ADD `code` text;--> statement-breakpoint
ALTER TABLE `documents` ADD `signed_by` text;--> statement-breakpoint
ALTER TABLE `documents` ADD `found` text;--> statement-breakpoint
CREATE UNIQUE INDEX `documents_code_unique` ON `documents` (`code`);--> statement-breakpoint
ALTER TABLE `requests` ADD `awaits_answer` integer DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE `step_log` ADD `paused_minutes` real DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX `position_holders_post` ON `position_holders` (`agency`,`jabatan`);--> statement-breakpoint
CREATE INDEX `request_events_person` ON `request_events` (bytes ->> '$.event.by.person',`stream`);