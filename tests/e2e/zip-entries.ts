/** What is in a zip: its names, and the bytes of each entry. */
import { fromBuffer } from 'yauzl';

export function entriesOf(zip: Buffer): Promise<Buffer[]> {
  return new Promise((resolve, reject) => {
    fromBuffer(zip, { lazyEntries: true }, (error, file) => {
      if (error) return reject(error);
      const entries: Buffer[] = [];
      file.on('entry', (entry: { fileName: string }) => {
        entries.push(Buffer.from(entry.fileName));
        file.openReadStream(entry as never, (wrong, stream) => {
          if (wrong) return reject(wrong);
          const chunks: Buffer[] = [];
          stream.on('data', (chunk: Buffer) => chunks.push(chunk));
          stream.on('end', () => {
            entries.push(Buffer.concat(chunks));
            file.readEntry();
          });
          stream.on('error', reject);
        });
      });
      file.on('end', () => resolve(entries));
      file.on('error', reject);
      file.readEntry();
    });
  });
}
