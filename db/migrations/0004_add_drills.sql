CREATE TABLE `drills` (
	`agent` text NOT NULL,
	`id` text NOT NULL,
	`alias` text NOT NULL,
	`backup` text NOT NULL,
	`level` text NOT NULL,
	`ok` integer NOT NULL,
	`error` text,
	`finished_at` text NOT NULL,
	`recorded_at` text NOT NULL,
	`envelope` text NOT NULL,
	PRIMARY KEY(`agent`, `id`)
);
--> statement-breakpoint
CREATE INDEX `drills_target` ON `drills` (`agent`,`alias`,`ok`,`finished_at`);--> statement-breakpoint
ALTER TABLE `agent_targets` ADD `care` text;