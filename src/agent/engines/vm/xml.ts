import { AppError } from "#domain/errors.ts";

/**
 * libvirt's own definitions as a tree, and back. Only what libvirt writes is understood: no document
 * type, no CDATA; whatever else appears is refused rather than guessed.
 */
export interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly (Element | string)[];
}

const TOKEN =
  /<!--[\s\S]*?-->|<\?[\s\S]*?\?>|<\/([^\s>]+)\s*>|<([^\s/>!?]+)((?:\s+[^\s=]+\s*=\s*(?:'[^']*'|"[^"]*"))*)\s*(\/?)>|([^<]+)/y;
const ATTRIBUTE = /([^\s=]+)\s*=\s*(?:'([^']*)'|"([^"]*)")/g;
const ENTITIES: Readonly<Record<string, string>> = {
  lt: "<",
  gt: ">",
  amp: "&",
  quot: '"',
  apos: "'",
};

export function parseXml(text: string): Element {
  const root = { name: "", attributes: {}, children: [] as (Element | string)[] };
  const open = [root];
  const pattern = new RegExp(TOKEN);
  while (pattern.lastIndex < text.length) {
    const found = pattern.exec(text);
    if (found === null) throw unreadable();
    const [, closed, opened, attributes = "", isEmpty, words] = found;
    const inner = open.at(-1) ?? root;
    if (words !== undefined) inner.children.push(decode(words));
    else if (opened !== undefined) {
      const element = { name: opened, attributes: attributesOf(attributes), children: [] };
      inner.children.push(element);
      if (isEmpty === "") open.push(element);
    } else if (closed !== undefined) {
      if (open.length === 1 || open.pop()?.name !== closed) throw unreadable();
    }
  }
  const [top, ...others] = root.children.filter((child) => typeof child !== "string");
  if (open.length !== 1 || top === undefined || others.length > 0) throw unreadable();
  return top;
}

/** In one line: white space between elements means nothing to libvirt. */
export function writeXml(element: Element): string {
  const { name, attributes, children } = element;
  const facts = Object.entries(attributes).map(([key, value]) => ` ${key}='${encode(value)}'`);
  const inner = children
    .map((child) => (typeof child === "string" ? encode(child.trim()) : writeXml(child)))
    .join("");
  return `<${name}${facts.join("")}${inner === "" ? "/>" : `>${inner}</${name}>`}`;
}

export function element(
  name: string,
  attributes: Readonly<Record<string, string>> = {},
  children: readonly (Element | string)[] = [],
): Element {
  return { name, attributes, children };
}

export function childrenOf(parent: Element | undefined, name?: string): Element[] {
  const elements = (parent?.children ?? []).filter((child) => typeof child !== "string");
  return name === undefined ? elements : elements.filter((child) => child.name === name);
}

export function childOf(parent: Element | undefined, name: string): Element | undefined {
  return childrenOf(parent, name)[0];
}

export function textOf(parent: Element | undefined): string {
  return (parent?.children ?? [])
    .filter((child) => typeof child === "string")
    .join("")
    .trim();
}

function attributesOf(text: string): Record<string, string> {
  return Object.fromEntries(
    [...text.matchAll(ATTRIBUTE)].map(([, key = "", single, double]) => [
      key,
      decode(single ?? double ?? ""),
    ]),
  );
}

function decode(text: string): string {
  return text.replaceAll(/&(?:#x([0-9a-fA-F]+)|#(\d+)|(\w+));/g, (_all, hex, decimal, name) => {
    if (name === undefined) return String.fromCodePoint(hex ? Number.parseInt(hex, 16) : +decimal);
    const character = ENTITIES[name];
    if (character === undefined) throw unreadable();
    return character;
  });
}

function encode(text: string): string {
  return text.replaceAll(/[&<>'"\n\r\t]/g, (character) => `&#${character.codePointAt(0)};`);
}

function unreadable(): AppError {
  return new AppError("ENGINE_UNSUPPORTED", "libvirt's definition is not understood");
}
