/** Files to load down, decent and otherwise, and what becomes of files that are sent. */
import type http from 'node:http';

type Answer = (request: http.IncomingMessage, response: http.ServerResponse, url: URL) => void | Promise<void>;

const attachment = (response: http.ServerResponse, name: string): http.ServerResponse =>
  response.setHeader('content-disposition', `attachment; filename="${name}"`);

export const fileAnswers: Record<string, Answer> = {
  '/file': (_, response, url) => void attachment(response, url.searchParams.get('name') ?? 'invoice.csv').end('a,b\r\n1,2\r\n'),
  '/log-in-instead': (_, response) =>
    void attachment(response, 'invoice.pdf').end('<!doctype html><title>Log in</title><form action="/login"></form>'),
  '/empty-file': (_, response) => void attachment(response, 'empty.csv').end(),
  '/starred': (_, response, url) => {
    response.setHeader('content-disposition', `attachment; filename*=UTF-8''${encodeURIComponent(url.searchParams.get('name') ?? '')}`);
    response.end('x');
  },
  '/inline.pdf': (request, response) =>
    void response.setHeader('content-type', 'application/pdf').end(`%PDF-1.4 ${request.headers.cookie}`),
  '/to-inline': (_, response) => void response.writeHead(302, { location: '/inline.pdf' }).end(),
  '/big-file': (_, response) => sendBytes(attachment(response, 'big.bin'), 100_000_000),
  '/never-ending': (_, response) => {
    attachment(response, 'endless.bin').setHeader('content-length', '900000');
    response.write('x'.repeat(300_000));
  },
  '/breaking': (_, response) => {
    attachment(response, 'broken.bin').setHeader('content-length', '900000');
    response.write('x'.repeat(300_000), () => response.destroy());
  },
};

function sendBytes(response: http.ServerResponse, length: number): void {
  const chunk = Buffer.alloc(500_000, 'x');
  let left = length;
  const more = (): void => {
    while (left > 0 && !response.destroyed) {
      left -= chunk.length;
      if (!response.write(chunk)) return void response.once('drain', more);
    }
    response.end();
  };
  more();
}
