ALTER TABLE `requests` ADD `follow_up` text;--> statement-breakpoint
CREATE INDEX `requests_follow_up` ON `requests` (`agency`) WHERE "requests"."follow_up" IS NOT NULL;