/** A person who has a keyboard and nothing else: reaches controls by Tab, by the name they are told. */
import type { Locator, Page } from "playwright-core";

/** More controls than any page has. */
const FAR = 250;

export type Role = "button" | "checkbox" | "combobox" | "link" | "textbox";

export class Keyboard {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  /** Tabs on to the control of this role and name; fails when it is not met or its focus not seen. */
  async reach(role: Role, name: string | RegExp): Promise<Locator> {
    const control = this.page.getByRole(role, { name });
    const focused = this.page.locator(":focus");
    for (let tabs = 0; tabs < FAR; tabs += 1) {
      await this.page.keyboard.press("Tab");
      if ((await control.and(focused).count()) === 1) {
        await this.#sees(focused, `${role} "${name}"`);
        return focused;
      }
    }
    throw new Error(`no way by keyboard to the ${role} "${name}" on ${this.page.url()}`);
  }

  async type(name: string | RegExp, text: string): Promise<void> {
    await this.reach("textbox", name);
    await this.page.keyboard.type(text);
  }

  /** Ticks the box. */
  async tick(name: string | RegExp): Promise<void> {
    await this.reach("checkbox", name);
    await this.page.keyboard.press("Space");
  }

  /** Takes the first of what a list offers. */
  async choose(name: string | RegExp): Promise<void> {
    const list = await this.reach("combobox", name);
    if ((await list.inputValue()) === "") await this.page.keyboard.press("ArrowDown");
  }

  /** Presses Enter on a link or button and waits for the page it leads to. */
  async follow(role: "button" | "link", name: string | RegExp): Promise<void> {
    await this.reach(role, name);
    await Promise.all([this.page.waitForEvent("load"), this.page.keyboard.press("Enter")]);
  }

  async #sees(focused: Locator, what: string): Promise<void> {
    const seen = await focused.evaluate((one) => {
      const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(one);
      const { width, height } = one.getBoundingClientRect();
      const marked = outlineStyle !== "none" && outlineWidth !== "0px";
      return width > 0 && height > 0 && (marked || boxShadow !== "none");
    });
    if (!seen) throw new Error(`the focus on the ${what} cannot be seen on ${this.page.url()}`);
  }
}
