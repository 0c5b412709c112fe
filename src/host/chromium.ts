/** Which Chromium, and how it is started. */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

const candidates = ['chromium-headless-shell', 'chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const folders = ['/usr/bin', '/usr/local/bin', '/snap/bin'];

/** The headless shell first: half the memory, 40 % faster. @throws Error that says what was looked for */
export function findChromium(configured: string | null, path: string): string {
  if (configured) {
    if (!executable(configured)) throw new Error(`There is no executable Chromium at ${configured}.`);
    return configured;
  }
  const places = [...path.split(delimiter).filter(Boolean), ...folders];
  const found = candidates.flatMap((name) => places.map((place) => join(place, name))).find(executable);
  if (!found)
    throw new Error(`No Chromium found (looked for ${candidates.join(', ')}). Install chromium-headless-shell or set UNDERSTUDY_CHROMIUM.`);
  return found;
}

function executable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * Flags beside Playwright's own. Every connection must take the guard's proxy, loopback addresses too; what cannot (WebRTC over UDP, QUIC) is off.
 * The last flag does nothing: it marks the process as ours, so that a later host may end it when its own host has died.
 */
export const chromiumFlags = (proxy: string, mark: string): string[] => [
  '--disable-gpu',
  '--disable-quic',
  '--force-webrtc-ip-handling-policy=disable_non_proxied_udp',
  '--webrtc-ip-handling-policy=disable_non_proxied_udp',
  '--disable-domain-reliability',
  '--no-pings',
  `--proxy-server=${proxy}`,
  '--proxy-bypass-list=<-loopback>',
  // the browser itself resolves nothing: names are the guard's to resolve
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
  hostMark(mark),
];

export const hostMark = (dir: string): string => `--understudy-host=${dir}`;
