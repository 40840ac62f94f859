export * from "./agents.ts";
export * from "./assets.ts";
export * from "./auth.ts";
export * from "./feedback.ts";
export * from "./jobs.ts";
export * from "./notices.ts";
export * from "./people.ts";
export * from "./requests.ts";
