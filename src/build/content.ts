import { type Content, readContent } from "#catalog/read-content.ts";

const readings = new Map<string, Promise<Content>>();

/**
 * The content as it lay when the build began, read once for all that runs beside the pages. The pages
 * have read it too, but in Vite's own world, which shares no module with this one.
 */
export function contentOf(contentDir: string): Promise<Content> {
  const reading = readings.get(contentDir) ?? readContent(contentDir);
  readings.set(contentDir, reading);
  return reading;
}
