import { bsreSigner } from "./bsre-v1.ts";
import { localTestSigner } from "./local-test.ts";
import type { Signer } from "./signer.ts";

/** How the portal was told to sign. */
export type SignerSettings =
  | { readonly adapter: "local-test" }
  | {
      readonly adapter: "bsre-v1";
      readonly url: string;
      readonly user: string;
      readonly password: string;
    };

/** The adapter that the settings name; null: letters stay unsigned. Opens no file and no connection. */
export function openSigner(
  settings: SignerSettings | null,
  place: { readonly dataDir: string },
): Signer | null {
  switch (settings?.adapter) {
    case undefined:
      return null;
    case "local-test":
      return localTestSigner(place.dataDir);
    case "bsre-v1":
      return bsreSigner(settings);
  }
}
