import { describe, expect, it } from "vitest";
import { settled } from "#agent/engines/postgres/settled.ts";

describe("an expression as PostgreSQL writes it before and after a dump", () => {
  it.each([
    ["(((a >= 1) AND (a <= 2)) AND b)", "((a >= 1) AND (a <= 2) AND b)"],
    ["(b AND ((a >= 1) AND (a <= 2)))", "(b AND (a >= 1) AND (a <= 2))"],
    ["((((a OR b) OR c) OR d) AND e)", "((a OR b OR c OR d) AND e)"],
    ["CHECK (((((a AND b) AND c))))", "CHECK ((((a AND b AND c))))"],
    ["(((n)::text = ') AND (') AND (b AND c))", "(((n)::text = ') AND (') AND b AND c)"],
    ['(("x) AND (" > 1) AND (b AND c))', '(("x) AND (" > 1) AND b AND c)'],
    [
      "((nama)::text = ANY ((ARRAY['a'::character varying, 'b''c ('::character varying(20)])::text[]))",
      "((nama)::text = ANY (ARRAY[('a'::character varying)::text, ('b''c ('::character varying(20))::text]))",
    ],
  ])("is brought to one form: %s", (one, other) => {
    expect(settled(one)).toBe(settled(other));
  });

  it.each([
    ["((a AND b) OR c)", "(a AND (b OR c))"],
    ["(NOT (a AND b) AND c)", "(NOT a AND b AND c)"],
    ["(f(a AND b) AND c)", "(f(a) AND b AND c)"],
    ["((a AND b) IS NULL AND c)", "(a AND b IS NULL AND c)"],
    ["('(a AND b)' AND c)", "('a AND b' AND c)"],
  ])("still differs where it means something else: %s", (one, other) => {
    expect(settled(one)).not.toBe(settled(other));
  });

  it.each(["BEGIN -- don't (forget\n x := (1 AND 2; END", ")) AND ((", "a'b(c) AND (d", ""])(
    "stays as it is where it is a text of people: %s",
    (text) => {
      expect(settled(text)).toBe(text);
    },
  );
});
