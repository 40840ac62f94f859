/**
 * The procedure as a BPMN 2.0 file with its picture, for modelling tools. The table stays the official
 * form; swimlanes are an additional reading.
 */
import { BpmnModdle, type ModdleElement } from "bpmn-moddle";
import type { Sop, SopStep } from "#domain/sop/schema.ts";
import { flowGraph } from "./bpmn-flow.ts";
import { type Bounds, layoutOf } from "./bpmn-layout.ts";
import { columnsOf, groupAt, type Point } from "./grid.ts";

/** Knows the schema and keeps nothing; to make one takes longer than to write a file. */
const moddle = new BpmnModdle();

const NODE_TYPES = {
  start: "bpmn:StartEvent",
  task: "bpmn:UserTask",
  gateway: "bpmn:ExclusiveGateway",
  end: "bpmn:EndEvent",
} as const;
/** Room for a word under an event. */
const LABEL = { width: 60, height: 14, below: 6 };

/** Same SOP, same bytes. */
export async function bpmnOf(sop: Sop): Promise<string> {
  const titles = sop.pelaksana.map(({ judul }) => judul);
  const graph = flowGraph(sop);
  const layout = layoutOf(graph, titles);
  const words = (text: string) => [moddle.create("bpmn:Documentation", { text })];

  const nodes = new Map(
    graph.nodes.map((node) => {
      const step =
        node.kind === "gateway" || node.id === "Mulai" || node.id === "Selesai"
          ? undefined
          : sop.langkah[node.row];
      const attributes = {
        id: node.id,
        ...(node.name === "" ? {} : { name: node.name }),
        ...(step ? { documentation: words(wordsOf(sop, step)) } : {}),
      };
      return [node.id, moddle.create(NODE_TYPES[node.kind], attributes)];
    }),
  );
  const flows = new Map(
    graph.flows.map(({ id, from, to, name }) => {
      const [sourceRef, targetRef] = [nodes.get(from), nodes.get(to)];
      const attributes = { id, ...(name ? { name } : {}), sourceRef, targetRef };
      const flow = moddle.create("bpmn:SequenceFlow", attributes);
      sourceRef?.get("outgoing").push(flow);
      targetRef?.get("incoming").push(flow);
      return [id, flow];
    }),
  );
  const notes = new Map(
    graph.notes.map(({ id, task, text }) => {
      const note = moddle.create("bpmn:TextAnnotation", { id, text });
      const link = moddle.create("bpmn:Association", {
        id: `${id}_Hubungan`,
        sourceRef: nodes.get(task),
        targetRef: note,
      });
      return [id, { note, link }];
    }),
  );
  const lanes = sop.pelaksana.map(({ id, judul }, at) => {
    const inside = graph.nodes.filter(({ lane }) => lane === at);
    const flowNodeRef = inside.flatMap((node) => nodes.get(node.id) ?? []);
    return moddle.create("bpmn:Lane", { id: `Pelaksana_${id}`, name: judul, flowNodeRef });
  });
  const process = moddle.create("bpmn:Process", {
    id: "Prosedur",
    name: sop.judul,
    isExecutable: false,
    documentation: words(
      `Disusun dari tabel prosedur SOP versi ${sop.versi}. Bentuk resminya adalah tabel prosedur.`,
    ),
    laneSets: [moddle.create("bpmn:LaneSet", { id: "Pelaksana", lanes })],
    flowElements: [...nodes.values(), ...flows.values()],
    artifacts: [...notes.values()].flatMap(({ note, link }) => [note, link]),
  });
  const participant = moddle.create("bpmn:Participant", {
    id: "Unit",
    name: sop.judul,
    processRef: process,
  });
  const collaboration = moddle.create("bpmn:Collaboration", {
    id: "Kolaborasi",
    participants: [participant],
  });

  const box = ({ x, y, width, height }: Bounds) =>
    moddle.create("dc:Bounds", { x, y, width, height });
  const shape = (element: ModdleElement | undefined, at: Bounds, more: object = {}) =>
    moddle.create("bpmndi:BPMNShape", {
      id: `${element?.id}_di`,
      bpmnElement: element,
      bounds: box(at),
      ...more,
    });
  const label = (at: Bounds) => ({ label: moddle.create("bpmndi:BPMNLabel", { bounds: box(at) }) });
  const line = (element: ModdleElement | undefined, points: readonly Point[], at: Bounds | null) =>
    moddle.create("bpmndi:BPMNEdge", {
      id: `${element?.id}_di`,
      bpmnElement: element,
      waypoint: points.map(({ x, y }) => moddle.create("dc:Point", { x, y })),
      ...(at ? label(at) : {}),
    });
  const plane = moddle.create("bpmndi:BPMNPlane", {
    id: "Bidang",
    bpmnElement: collaboration,
    planeElement: [
      shape(participant, layout.pool, { isHorizontal: true }),
      ...layout.lanes.map((at, lane) => shape(lanes[lane], at, { isHorizontal: true })),
      ...layout.nodes.map(({ of, bounds }) => {
        const event = of.kind === "start" || of.kind === "end";
        return shape(nodes.get(of.id), bounds, event ? label(under(bounds)) : {});
      }),
      ...layout.notes.map(({ of, bounds }) => shape(notes.get(of.id)?.note, bounds)),
      ...layout.flows.map(({ of, points, label: at }) => line(flows.get(of.id), points, at)),
      ...layout.associations.map(({ of, points }) => line(notes.get(of.id)?.link, points, null)),
    ],
  });
  const definitions = moddle.create("bpmn:Definitions", {
    id: "SOP",
    name: sop.judul,
    targetNamespace: `urn:sop:${sop.slug}:${sop.versi}`,
    exporter: "Pulih",
    rootElements: [collaboration, process],
    diagrams: [moddle.create("bpmndi:BPMNDiagram", { id: "Diagram", plane })],
  });
  return (await moddle.toXML(definitions, { format: true })).xml;
}

function under({ x, y, width, height }: Bounds): Bounds {
  const left = x + width / 2 - LABEL.width / 2;
  return { x: left, y: y + height + LABEL.below, width: LABEL.width, height: LABEL.height };
}

/** What the table says of a step beside its activity, under its printed headings. */
function wordsOf(sop: Sop, step: SopStep): string {
  const head = sop.kepalaTabel;
  const group = groupAt(sop, sop.langkah.indexOf(step));
  const roles = columnsOf(sop, step).map((at) => sop.pelaksana[at]?.judul ?? "");
  const rows: readonly (readonly [string, string])[] = [
    ...(group === null ? [] : ([["Bagian", group]] as const)),
    [head.pelaksana, roles.join(", ")],
    ...(sop.tanpaMutuBaku
      ? []
      : ([
          [head.kelengkapan, step.kelengkapan.join(", ")],
          [head.waktu, step.waktu?.teks ?? ""],
          [head.output, step.output.join(", ")],
        ] as const)),
    [head.keterangan, step.keterangan ?? ""],
  ];
  return rows.map(([title, text]) => `${title}: ${text || "–"}`).join("\n");
}
