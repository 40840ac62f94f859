import type { ObjectStore } from "./object-store.ts";

/** A store that is loaded when it is first used, so that an agent without one spares its memory. */
export function lazyStore(load: () => Promise<ObjectStore>): ObjectStore {
  let loading: Promise<ObjectStore> | null = null;
  const store = (): Promise<ObjectStore> => {
    loading ??= load().catch((error: unknown) => {
      // What was wrong may be mended meanwhile.
      loading = null;
      throw error;
    });
    return loading;
  };
  return {
    prepare: async () => (await store()).prepare(),
    freeBytes: async () => (await store()).freeBytes(),
    readText: async (name) => (await store()).readText(name),
    createText: async (name, text) => (await store()).createText(name, text),
    create: async (name) => (await store()).create(name),
    open: async (name) => (await store()).open(name),
    list: async function* (folder) {
      yield* (await store()).list(folder);
    },
    remove: async (name) => (await store()).remove(name),
  };
}
