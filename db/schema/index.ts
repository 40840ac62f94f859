export * from "./agents.ts";
export * from "./auth.ts";
export * from "./feedback.ts";
export * from "./jobs.ts";
export * from "./people.ts";
export * from "./requests.ts";
