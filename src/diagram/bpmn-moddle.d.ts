/** The part of bpmn-moddle that is used here; the package types the elements, not its entry. */
declare module "bpmn-moddle" {
  export interface ModdleElement {
    readonly $type: string;
    readonly id: string;
    get<T = ModdleElement[]>(name: string): T;
  }

  export class BpmnModdle {
    create(type: string, attributes?: Readonly<Record<string, unknown>>): ModdleElement;
    toXML(element: ModdleElement, options?: { format?: boolean }): Promise<{ xml: string }>;
    fromXML(
      xml: string,
    ): Promise<{ rootElement: ModdleElement; warnings: readonly { message: string }[] }>;
  }
}
