import AxeBuilder from "@axe-core/playwright";
import type { Page } from "playwright-core";

/**
 * What axe finds wrong where a page stands, one line each: where, which rule, the first place.
 * In one piece, for no page of ours holds a frame, and without a record of all that is right.
 */
export async function axe(
  page: Page,
  {
    within,
    rules,
  }: {
    /** Selector; the whole page without it. */
    readonly within?: string;
    /** All without it. */
    readonly rules?: readonly string[];
  } = {},
): Promise<string[]> {
  const builder = new AxeBuilder({ page }).setLegacyMode().options({ resultTypes: ["violations"] });
  if (within !== undefined) builder.include(within);
  if (rules !== undefined) builder.withRules([...rules]);
  const { violations } = await builder.analyze();
  return violations.map(({ id, nodes: [first] }) => `${page.url()} ${id} ${first?.html ?? ""}`);
}
