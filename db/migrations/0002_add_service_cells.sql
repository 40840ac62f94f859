CREATE TABLE `service_cells` (
	`slug` text NOT NULL,
	`versi` integer NOT NULL,
	`month` text NOT NULL,
	`kind` text NOT NULL,
	`step` integer NOT NULL,
	`measure` text NOT NULL,
	`bucket` integer NOT NULL,
	`count` integer NOT NULL,
	PRIMARY KEY(`slug`, `versi`, `month`, `kind`, `step`, `measure`, `bucket`)
);
--> statement-breakpoint
ALTER TABLE `requests` ADD `refusal` text;