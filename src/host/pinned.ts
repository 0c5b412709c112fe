import type { LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';

/** A lookup that answers with the addresses that were decided on, so that the name is not resolved a second time. */
export const pinned =
  (addresses: LookupAddress[]): LookupFunction =>
  (_name, options, callback) => {
    const [first] = addresses;
    if (options.all) callback(null, addresses);
    else if (first) callback(null, first.address, first.family);
    else callback(Object.assign(new Error('no address'), { code: 'ENOTFOUND' }), '', 4);
  };
