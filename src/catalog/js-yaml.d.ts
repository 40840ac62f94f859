/** The part of js-yaml that is used; it brings no types. */
declare module "js-yaml" {
  /** YAML 1.2: dates and yes/no stay text. */
  export const CORE_SCHEMA: unique symbol;
  /** Throws on a text that does not hold. */
  export function load(text: string, options: { readonly schema: typeof CORE_SCHEMA }): unknown;
}
