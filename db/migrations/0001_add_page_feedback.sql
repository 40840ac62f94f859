CREATE TABLE `page_feedback` (
	`id` text PRIMARY KEY NOT NULL,
	`path` text NOT NULL,
	`helpful` integer NOT NULL,
	`comment` text,
	`day` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `page_feedback_day` ON `page_feedback` (`day`);