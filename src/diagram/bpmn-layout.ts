/**
 * Places for a procedure's BPMN diagram, in pixels. Each step has a strip of its own from left to
 * right, in the lane of its role. Flows to the next step run in the gap between strips; all others go
 * along the top of their target's lane, each on a line of its own, and come in from above.
 */
import type { Flow, FlowGraph, Node, Note } from "./bpmn-flow.ts";
import type { Point } from "./grid.ts";

export interface Bounds {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Placed<T> {
  readonly of: T;
  readonly bounds: Bounds;
}

export interface Line<T> {
  readonly of: T;
  readonly points: readonly Point[];
  readonly label: Bounds | null;
}

export interface Layout {
  readonly pool: Bounds;
  readonly lanes: readonly Bounds[];
  readonly nodes: readonly Placed<Node>[];
  readonly notes: readonly Placed<Note>[];
  readonly flows: readonly Line<Flow>[];
  readonly associations: readonly Line<Note>[];
}

const HEADER = 30;
const TASK = { width: 200, height: 80 };
const EVENT = 36;
const GATEWAY = 50;
const NOTE = 50;
const GAP = 60;
const INSIDE = 40;
/** Between lines that run side by side. */
const LINE = 14;
const PADDING = 24;
/** How modellers set 12 px Arial: letters to a line of a task, pixels to a line, to a rotated letter. */
const LETTERS = 28;
const LINE_HEIGHT = 15;
/** The sign of a user task stands in its upper left corner; the words are centred and keep below it. */
const SIGN = 40;
const LETTER = 7.5;

export function layoutOf(graph: FlowGraph, titles: readonly string[]): Layout {
  const columns = strips(graph.nodes);
  const rowOf = new Map(graph.nodes.map((node) => [node.id, node]));
  const next = (flow: Flow) => {
    const [from, to] = [rowOf.get(flow.from), rowOf.get(flow.to)];
    return from?.row === to?.row || from?.row === (to?.row ?? 0) - 1;
  };
  const straight = new Set<Flow>();
  const used = new Set<string>();
  for (const flow of graph.flows) {
    // Two exits to the same next step: the second one takes the way round.
    if (!next(flow) || used.has(flow.from)) continue;
    straight.add(flow);
    used.add(flow.from);
  }
  const away = graph.flows.filter((flow) => !straight.has(flow));
  const lanes = lanesOf(graph, titles, columns, away);
  const nodes = graph.nodes.map((node): Placed<Node> => {
    const { width, height } = sizeOf(node);
    const y = (lanes[node.lane]?.middle ?? 0) - height / 2;
    return { of: node, bounds: { x: columns.at.get(node.id) ?? 0, y, width, height } };
  });
  const places = new Map(nodes.map(({ of, bounds }) => [of.id, { node: of, bounds }]));
  const place = (id: string): Bounds =>
    places.get(id)?.bounds ?? { x: 0, y: 0, width: 0, height: 0 };
  const notes = graph.notes.map((note): Placed<Note> => {
    const task = place(note.task);
    const further = graph.notes.filter((other) =>
      beyond(other, note, rowOf.get(note.task)?.lane ?? 0),
    );
    const shift = further.length * 2 * LINE;
    const y = (lanes[note.lane]?.middle ?? 0) - NOTE / 2;
    const bounds = { x: task.x + shift, y, width: TASK.width - shift, height: NOTE };
    return { of: note, bounds };
  });
  const ports = new Map<string, Set<string>>();
  const flows = graph.flows.map((flow): Line<Flow> => {
    const [from, to] = [place(flow.from), place(flow.to)];
    if (straight.has(flow)) return lineOf(flow, across(from, to), "right");
    const taken = ports.get(flow.from) ?? new Set(used.has(flow.from) ? ["right"] : []);
    const lane = rowOf.get(flow.to)?.lane ?? 0;
    const wish = lane > (rowOf.get(flow.from)?.lane ?? 0) ? "bottom" : "top";
    const port = taken.has(wish) ? (taken.has("right") ? "bottom" : "right") : wish;
    ports.set(flow.from, taken.add(port));
    const same = away.filter((other) => rowOf.get(other.to)?.lane === lane);
    const band = (lanes[lane]?.bounds.y ?? 0) + LINE * (same.indexOf(flow) + 1);
    const into = away.filter((other) => other.to === flow.to);
    const offset =
      to.width === TASK.width ? LINE * (into.indexOf(flow) - (into.length - 1) / 2) : 0;
    return lineOf(flow, around(from, to, port, band, offset), port);
  });
  const associations = notes.map(({ of, bounds }): Line<Note> => {
    const task = place(of.task);
    const x = bounds.x + LINE;
    const above = bounds.y < task.y;
    const points = above
      ? [
          { x, y: task.y },
          { x, y: bounds.y + bounds.height },
        ]
      : [
          { x, y: task.y + task.height },
          { x, y: bounds.y },
        ];
    return { of, points, label: null };
  });
  const heights = lanes.reduce((sum, { bounds }) => sum + bounds.height, 0);
  const pool = { x: 0, y: 0, width: columns.end, height: heights };
  return { pool, lanes: lanes.map(({ bounds }) => bounds), nodes, notes, flows, associations };
}

/** The note is on the same side of the task as the other one, and further away. */
function beyond(other: Note, note: Note, lane: number): boolean {
  if (other.task !== note.task) return false;
  return note.lane < lane ? other.lane < note.lane : other.lane > note.lane;
}

interface Strips {
  /** Left edge of each node. */
  readonly at: ReadonlyMap<string, number>;
  readonly end: number;
}

function strips(nodes: readonly Node[]): Strips {
  const at = new Map<string, number>();
  let x = 2 * HEADER + INSIDE;
  nodes.forEach((node, index) => {
    const before = nodes[index - 1];
    if (before) x += before.row === node.row ? INSIDE : GAP;
    at.set(node.id, x);
    x += sizeOf(node).width;
  });
  return { at, end: x + GAP };
}

interface LanePlace {
  readonly bounds: Bounds;
  /** Height of the middle of its nodes. */
  readonly middle: number;
}

function lanesOf(
  graph: FlowGraph,
  titles: readonly string[],
  columns: Strips,
  away: readonly Flow[],
): LanePlace[] {
  const laneOf = new Map(graph.nodes.map(({ id, lane }) => [id, lane]));
  let y = 0;
  return titles.map((title, lane) => {
    const lines = away.filter((flow) => laneOf.get(flow.to) === lane).length;
    const band = LINE * (lines + 1);
    const inside = graph.nodes
      .filter((node) => node.lane === lane)
      .map((node) => sizeOf(node).height);
    const content = Math.max(TASK.height, ...inside) + 2 * PADDING;
    const height = Math.max(band + content, Math.ceil(title.length * LETTER) + PADDING);
    const bounds = { x: HEADER, y, width: columns.end - HEADER, height };
    y += height;
    return { bounds, middle: bounds.y + band + (height - band) / 2 };
  });
}

function sizeOf({ kind, name }: Node): { width: number; height: number } {
  if (kind === "gateway") return { width: GATEWAY, height: GATEWAY };
  if (kind !== "task") return { width: EVENT, height: EVENT };
  const lines = Math.ceil(name.length / LETTERS);
  return { width: TASK.width, height: Math.max(TASK.height, lines * LINE_HEIGHT + SIGN) };
}

/** Out at the right and in at the left, by the middle of the gap. */
function across(from: Bounds, to: Bounds): Point[] {
  const start = { x: from.x + from.width, y: from.y + from.height / 2 };
  const end = { x: to.x, y: to.y + to.height / 2 };
  if (start.y === end.y) return [start, end];
  const x = Math.round((start.x + end.x) / 2);
  return [start, { x, y: start.y }, { x, y: end.y }, end];
}

function around(from: Bounds, to: Bounds, port: string, band: number, offset: number): Point[] {
  const middle = { x: from.x + from.width / 2, y: from.y + from.height / 2 };
  const end = { x: to.x + to.width / 2 + offset, y: to.y };
  const over = { x: end.x, y: band };
  if (port === "right") {
    const start = { x: from.x + from.width, y: middle.y };
    const x = start.x + LINE;
    return [start, { x, y: start.y }, { x, y: band }, over, end];
  }
  const y = port === "top" ? from.y : from.y + from.height;
  const start = { x: middle.x, y };
  const up = port === "bottom" && band < from.y;
  // Its upper side is taken: under the gateway and up beside it.
  const aside = from.x - LINE;
  const detour = up
    ? [
        { x: middle.x, y: y + LINE },
        { x: aside, y: y + LINE },
        { x: aside, y: band },
      ]
    : [{ x: middle.x, y: band }];
  return [start, ...detour, over, end];
}

/** The word of an exit stands where its line leaves the gateway. */
function lineOf(flow: Flow, points: readonly Point[], port: string): Line<Flow> {
  const [start] = points;
  if (!flow.name || !start) return { of: flow, points, label: null };
  const size = { width: 32, height: 14 };
  const y = port === "top" ? start.y - 20 : port === "bottom" ? start.y + 6 : start.y - 18;
  return { of: flow, points, label: { x: start.x + 6, y, ...size } };
}
