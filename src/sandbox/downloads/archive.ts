import { buffer } from 'node:stream/consumers';
import { createGzip } from 'node:zlib';
import { pack } from 'tar-stream';

/** A gzipped tar archive of text files (path → content). The same files give the same bytes. */
export async function tarGzip(files: ReadonlyMap<string, string>): Promise<Buffer> {
  const archive = pack();
  for (const [name, content] of files) {
    archive.entry({ name, mode: 0o644, mtime: new Date(0) }, content);
  }
  archive.finalize();
  return buffer(archive.pipe(createGzip()));
}
