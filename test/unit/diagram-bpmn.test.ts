import { BpmnModdle, type ModdleElement } from "bpmn-moddle";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bpmnOf } from "#diagram/bpmn.ts";
import { flowGraph } from "#diagram/bpmn-flow.ts";
import { type Bounds, type Layout, layoutOf } from "#diagram/bpmn-layout.ts";
import type { Procedure } from "#diagram/grid.ts";
import { anyProcedure } from "#support/procedures.ts";
import { letteredGroups, numberedEnds, upAndDownRanks, variedSops } from "#support/varied-sops.ts";

const sops = Object.entries(variedSops).map(([name, make]) => [name, make()] as const);

describe("the procedure as a BPMN file", () => {
  it.each(sops)("is read back without a warning, and gives the same again (%s)", async (_, sop) => {
    const xml = await bpmnOf(sop);
    const moddle = new BpmnModdle();
    const { rootElement, warnings } = await moddle.fromXML(xml);
    expect(warnings).toEqual([]);
    expect((await moddle.toXML(rootElement, { format: true })).xml).toBe(xml);
    expect(await bpmnOf(structuredClone(sop))).toBe(xml);
  });

  it.each(sops)("draws every element, once (%s)", async (_, sop) => {
    const { rootElement } = await new BpmnModdle().fromXML(await bpmnOf(sop));
    const [diagram] = rootElement.get("diagrams");
    const drawn = diagram
      ?.get<ModdleElement>("plane")
      .get("planeElement")
      .map((shape) => shape.get<ModdleElement>("bpmnElement").id);
    const process = processOf(rootElement);
    const lanes = process.get("laneSets").flatMap((set) => set.get("lanes"));
    const wanted = [
      "Unit",
      ...[...lanes, ...process.get("flowElements"), ...process.get("artifacts")].map(
        ({ id }) => id,
      ),
    ];
    expect(drawn?.toSorted()).toEqual(wanted.toSorted());
    expect(new Set(wanted).size).toBe(wanted.length);
  });

  it("a decision is the task of deciding and a gateway with both exits named", async () => {
    const { rootElement } = await new BpmnModdle().fromXML(await bpmnOf(upAndDownRanks()));
    const elements = processOf(rootElement).get("flowElements");
    const gateway = elements.find(({ id }) => id === "Keputusan_5");
    const exits = gateway
      ?.get("outgoing")
      .map((flow) => [flow.get<string>("name"), flow.get<ModdleElement>("targetRef").id]);
    expect(exits).toEqual([
      ["Ya", "Langkah_6"],
      ["Tidak", "Langkah_10"],
    ]);
    expect(gateway?.get("incoming").map((flow) => flow.get<ModdleElement>("sourceRef").id)).toEqual(
      ["Langkah_5"],
    );
  });

  it("tells of each task what its row of the table says", async () => {
    const { rootElement } = await new BpmnModdle().fromXML(await bpmnOf(letteredGroups()));
    const task = processOf(rootElement)
      .get("flowElements")
      .find(({ id }) => id === "Langkah_5");
    expect(task?.get("documentation")[0]?.get<string>("text").split("\n")).toEqual([
      "Bagian: B. Pelaksanaan",
      "Pelaksana: Operator, Kasubbag",
      "Persyaratan/Kelengkapan: –",
      "Waktu: 2 hari",
      "Output: FM/02, FM/03",
      "Ket.: –",
    ]);
  });

  it("rows that only say Mulai and Selesai are the events, and nothing leads back into the first", () => {
    const { nodes, flows } = flowGraph(numberedEnds());
    expect(nodes[0]).toMatchObject({ kind: "start", id: "Langkah_1", name: "Mulai" });
    expect(nodes.at(-1)).toMatchObject({ kind: "end", id: "Langkah_6", name: "Selesai" });
    const back = numberedEnds();
    const [decision] = back.langkah.filter(({ cabang }) => cabang.length > 0);
    const toStart = back.langkah.map((step) =>
      step === decision
        ? {
            ...step,
            cabang: step.cabang.map((exit) => ({ ...exit, ke: exit.label === "Ya" ? 5 : 1 })),
          }
        : step,
    );
    const changed = flowGraph({ ...back, langkah: toStart }).flows;
    expect(changed.filter(({ to }) => to === "Langkah_1")).toEqual([]);
    expect(changed).toContainEqual(expect.objectContaining({ name: "Tidak", to: "Langkah_2" }));
    expect(flows.length).toBe(nodes.length);
  });

  it("a shared step is one task, with a note in the lane of each other role", () => {
    const { nodes, notes } = flowGraph(upAndDownRanks());
    const row = nodes.filter((node) => node.row === 5);
    expect(row.map(({ kind, lane }) => [kind, lane])).toEqual([["task", 3]]);
    expect(notes.map(({ lane, text }) => [lane, text])).toEqual([
      [1, "Bersama Kepala Seksi"],
      [2, "Bersama Kepala Seksi"],
    ]);
  });
});

describe("the picture of a BPMN file", () => {
  it("has tasks of a readable size inside the lane of their role", () => {
    holds((layout) => {
      for (const { of, bounds } of layout.nodes) {
        if (of.kind === "task") {
          expect(bounds.width).toBeGreaterThanOrEqual(160);
          expect(bounds.height).toBeGreaterThanOrEqual(80);
        }
        expect(inside(bounds, layout.lanes[of.lane])).toBe(true);
        expect(inside(bounds, layout.pool)).toBe(true);
      }
      for (const { of, bounds } of layout.notes) {
        expect(inside(bounds, layout.lanes[of.lane])).toBe(true);
      }
    });
  });

  it("has no node or note on another", () => {
    holds((layout) => {
      const boxes = [...layout.nodes, ...layout.notes].map(({ bounds }) => bounds);
      boxes.forEach((one, at) => {
        for (const other of boxes.slice(at + 1)) expect(overlap(one, other)).toBe(false);
      });
    });
  });

  it("draws every flow across and up or down, from the rim of one node to that of the other", () => {
    holds((layout) => {
      const box = new Map(layout.nodes.map(({ of, bounds }) => [of.id, bounds]));
      for (const { of, points } of layout.flows) {
        points.slice(1).forEach((point, at) => {
          const before = points[at];
          expect(before?.x === point.x).not.toBe(before?.y === point.y);
        });
        expect(onRim(points[0], box.get(of.from))).toBe(true);
        expect(onRim(points.at(-1), box.get(of.to))).toBe(true);
      }
    });
  });

  it("leads no flow through a node", () => {
    holds((layout) => {
      for (const { points } of layout.flows) {
        points.slice(1).forEach((end, at) => {
          const start = points[at] ?? end;
          const leg = {
            x: Math.min(start.x, end.x),
            y: Math.min(start.y, end.y),
            width: Math.abs(start.x - end.x),
            height: Math.abs(start.y - end.y),
          };
          for (const { bounds } of layout.nodes) expect(overlap(leg, bounds)).toBe(false);
        });
      }
    });
  });
});

function processOf(definitions: ModdleElement): ModdleElement {
  const process = definitions.get("rootElements").find(({ $type }) => $type === "bpmn:Process");
  if (!process) throw new Error("no process");
  return process;
}

function holds(check: (layout: Layout) => void): void {
  const look = (procedure: Procedure) => {
    const titles = procedure.pelaksana.map(({ judul }) => judul);
    check(layoutOf(flowGraph(procedure), titles));
  };
  fc.assert(fc.property(anyProcedure, look));
  for (const [, sop] of sops) look(sop);
}

function inside(box: Bounds, outer: Bounds | undefined): boolean {
  if (!outer) return false;
  return (
    box.x >= outer.x &&
    box.y >= outer.y &&
    box.x + box.width <= outer.x + outer.width &&
    box.y + box.height <= outer.y + outer.height
  );
}

function overlap(one: Bounds, other: Bounds): boolean {
  return (
    one.x < other.x + other.width &&
    other.x < one.x + one.width &&
    one.y < other.y + other.height &&
    other.y < one.y + one.height
  );
}

function onRim(point: { x: number; y: number } | undefined, box: Bounds | undefined): boolean {
  if (!point || !box) return false;
  const [right, bottom] = [box.x + box.width, box.y + box.height];
  const across = point.x >= box.x && point.x <= right;
  const down = point.y >= box.y && point.y <= bottom;
  return (
    across &&
    down &&
    (point.x === box.x || point.x === right || point.y === box.y || point.y === bottom)
  );
}
