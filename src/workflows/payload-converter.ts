/**
 * A payload that cannot be decoded (an outside signal with broken JSON or an unknown encoding) would fail the workflow task for ever. Here it
 * becomes a marker that handlers can refuse.
 */
import { defaultPayloadConverter, type Payload, type PayloadConverter } from '@temporalio/common';

export const payloadConverter: PayloadConverter = {
  toPayload: (value) => defaultPayloadConverter.toPayload(value),
  fromPayload<T>(payload: Payload): T {
    try {
      return defaultPayloadConverter.fromPayload<T>(payload);
    } catch {
      return { undecodable: true } as T;
    }
  },
};
