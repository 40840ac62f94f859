/** The chain of a request under an SOP. */
import { WorkflowEvent } from "../workflow/types.ts";
import { chainOf, type Sealed } from "./chain.ts";

export type SealedEvent = Sealed<WorkflowEvent>;

export const { seal, open: openChain } = chainOf(WorkflowEvent);
