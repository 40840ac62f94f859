import type { FrontMatter } from "./front-matter.ts";

/** A file that fits its schema. */
export interface Entry<T> {
  readonly id: string;
  readonly file: string;
  readonly data: T;
  readonly body: string;
  readonly lineOf: FrontMatter["lineOf"];
}
