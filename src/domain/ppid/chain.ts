/** The chain of a request for information. */
import { chainOf, type Sealed } from "../trust/chain.ts";
import { PpidEvent } from "./types.ts";

export type SealedPpidEvent = Sealed<PpidEvent>;

export const ppidChain = chainOf(PpidEvent);
