CREATE TABLE `agent_targets` (
	`agent` text NOT NULL,
	`alias` text NOT NULL,
	`engine` text NOT NULL,
	`actions` text NOT NULL,
	`vault` text NOT NULL,
	`vault_kind` text NOT NULL,
	`vault_free_bytes` integer,
	`estimated_bytes` integer,
	`reported_at` text NOT NULL,
	PRIMARY KEY(`agent`, `alias`)
);
--> statement-breakpoint
CREATE TABLE `agents` (
	`id` text PRIMARY KEY NOT NULL,
	`status` text NOT NULL,
	`thumbprint` text NOT NULL,
	`jwk` text NOT NULL,
	`fingerprint` text NOT NULL,
	`hostname` text NOT NULL,
	`version` text NOT NULL,
	`agencies` text NOT NULL,
	`enrolled_at` text NOT NULL,
	`approved_at` text,
	`revoked_at` text,
	`last_seen_at` text
);
--> statement-breakpoint
CREATE UNIQUE INDEX `agents_thumbprint_unique` ON `agents` (`thumbprint`);--> statement-breakpoint
CREATE TABLE `backups` (
	`agent` text NOT NULL,
	`id` text NOT NULL,
	`alias` text NOT NULL,
	`engine` text NOT NULL,
	`vault` text NOT NULL,
	`vault_kind` text NOT NULL,
	`purpose` text NOT NULL,
	`bytes` integer NOT NULL,
	`stored_bytes` integer NOT NULL,
	`finished_at` text NOT NULL,
	`manifest` text NOT NULL,
	`content` text NOT NULL,
	PRIMARY KEY(`agent`, `id`)
);
--> statement-breakpoint
CREATE INDEX `backups_target` ON `backups` (`agent`,`alias`);--> statement-breakpoint
CREATE TABLE `enroll_codes` (
	`hash` text PRIMARY KEY NOT NULL,
	`agencies` text NOT NULL,
	`created_at` text NOT NULL,
	`expires_at` text NOT NULL,
	`used_at` text,
	`used_by` text
);
--> statement-breakpoint
CREATE TABLE `account` (
	`id` text PRIMARY KEY NOT NULL,
	`account_id` text NOT NULL,
	`provider_id` text NOT NULL,
	`user_id` text NOT NULL,
	`access_token` text,
	`refresh_token` text,
	`id_token` text,
	`access_token_expires_at` integer,
	`refresh_token_expires_at` integer,
	`scope` text,
	`password` text,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	FOREIGN KEY (`user_id`) REFERENCES `user`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `account_user` ON `account` (`user_id`);--> statement-breakpoint
CREATE TABLE `session` (
	`id` text PRIMARY KEY NOT NULL,
	`token` text NOT NULL,
	`user_id` text NOT NULL,
	`expires_at` integer NOT NULL,
	`ip_address` text,
	`user_agent` text,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	FOREIGN KEY (`user_id`) REFERENCES `user`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `session_token_unique` ON `session` (`token`);--> statement-breakpoint
CREATE INDEX `session_user` ON `session` (`user_id`);--> statement-breakpoint
CREATE TABLE `user` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`email` text NOT NULL,
	`email_verified` integer DEFAULT false NOT NULL,
	`image` text,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `user_email_unique` ON `user` (`email`);--> statement-breakpoint
CREATE TABLE `verification` (
	`id` text PRIMARY KEY NOT NULL,
	`identifier` text NOT NULL,
	`value` text NOT NULL,
	`expires_at` integer NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `verification_identifier` ON `verification` (`identifier`);--> statement-breakpoint
CREATE TABLE `job_events` (
	`job` text NOT NULL,
	`epoch` integer NOT NULL,
	`seq` integer NOT NULL,
	`json` text NOT NULL,
	PRIMARY KEY(`job`, `epoch`, `seq`)
);
--> statement-breakpoint
CREATE TABLE `job_specs` (
	`job` text PRIMARY KEY NOT NULL,
	`request` text NOT NULL,
	`act` text NOT NULL,
	`action` text NOT NULL,
	`agent` text NOT NULL,
	`digest` text NOT NULL,
	`spec` text NOT NULL,
	`created_at` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `jobs` (
	`id` text PRIMARY KEY NOT NULL,
	`request` text NOT NULL,
	`agent` text NOT NULL,
	`state` text NOT NULL,
	`epoch` integer NOT NULL,
	`lease_until` text,
	`start_id` text,
	`created_at` text NOT NULL,
	`started_at` text,
	`finished_at` text,
	`result` text,
	`result_digest` text,
	`error` text
);
--> statement-breakpoint
CREATE INDEX `jobs_agent` ON `jobs` (`agent`,`state`,`created_at`);--> statement-breakpoint
CREATE INDEX `jobs_request` ON `jobs` (`request`);--> statement-breakpoint
CREATE TABLE `position_holders` (
	`id` text PRIMARY KEY NOT NULL,
	`person` text NOT NULL,
	`agency` text NOT NULL,
	`jabatan` text NOT NULL,
	`capacity` text NOT NULL,
	`since` text NOT NULL,
	`until` text,
	`decree` text NOT NULL,
	`created_at` text NOT NULL,
	FOREIGN KEY (`person`) REFERENCES `user`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `position_holders_person` ON `position_holders` (`person`);--> statement-breakpoint
CREATE TABLE `documents` (
	`id` text PRIMARY KEY NOT NULL,
	`request` text NOT NULL,
	`kind` text NOT NULL,
	`title` text NOT NULL,
	`mime` text NOT NULL,
	`bytes` integer NOT NULL,
	`sha256` text NOT NULL,
	`created_at` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `documents_request` ON `documents` (`request`);--> statement-breakpoint
CREATE TABLE `request_contents` (
	`id` text PRIMARY KEY NOT NULL,
	`request` text NOT NULL,
	`salt` text NOT NULL,
	`json` text NOT NULL,
	`fingerprint` text
);
--> statement-breakpoint
CREATE INDEX `request_contents_request` ON `request_contents` (`request`);--> statement-breakpoint
CREATE INDEX `request_contents_fingerprint` ON `request_contents` (`fingerprint`) WHERE "request_contents"."fingerprint" IS NOT NULL;--> statement-breakpoint
CREATE TABLE `request_events` (
	`stream` text NOT NULL,
	`version` integer NOT NULL,
	`bytes` text NOT NULL,
	`hash` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `request_events_stream_version` ON `request_events` (`stream`,`version`);--> statement-breakpoint
CREATE TABLE `requests` (
	`id` text PRIMARY KEY NOT NULL,
	`slug` text NOT NULL,
	`sop_digest` text NOT NULL,
	`agency` text NOT NULL,
	`kind` text NOT NULL,
	`status` text NOT NULL,
	`act` text,
	`step` integer,
	`version` integer NOT NULL,
	`head` text NOT NULL,
	`submission_content` text NOT NULL,
	`submitted_at` text NOT NULL,
	`closed_at` text,
	`entered_at` text,
	`due_at` text
);
--> statement-breakpoint
CREATE INDEX `requests_open` ON `requests` (`agency`,`due_at`) WHERE "requests"."status" = 'active';--> statement-breakpoint
CREATE INDEX `requests_agency` ON `requests` (`agency`,`submitted_at`);--> statement-breakpoint
CREATE TABLE `sop_versions` (
	`digest` text PRIMARY KEY NOT NULL,
	`slug` text NOT NULL,
	`json` text NOT NULL,
	`stored_at` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `step_log` (
	`request` text NOT NULL,
	`position` integer NOT NULL,
	`step` integer NOT NULL,
	`round` integer NOT NULL,
	`outcome` text NOT NULL,
	`entered_at` text NOT NULL,
	`closed_at` text,
	`due_at` text,
	`standard_minutes` real,
	`working_minutes` real,
	`on_time` integer,
	PRIMARY KEY(`request`, `position`)
);
