/** What is recorded for as long as one browser of a job lives. */
import type { BrowserContext } from 'playwright';
import type { Recording } from '../../contract/step-task.ts';
import type { Log } from '../../log.ts';
import type { Capture } from '../capture/capture.ts';
import { withoutFfmpeg } from './ffmpeg.ts';
import type { Recordings } from './recordings.ts';
import { TraceRecording } from './trace.ts';
import { Video } from './video.ts';

export type Recorder = {
  /** what was asked for and cannot be recorded, in words */
  missing: string[];
  /** whether a step runs: a video leaves out what is idle for long */
  working(isWorking: boolean): void;
  /** Takes from the browser what is recorded; resolves when it may be closed, after 8 s at most. Never rejects. @param secrets all that is known of the job */
  stop(secrets: readonly string[]): Promise<void>;
  /** The browser has gone. Changes nothing after `stop`. */
  lost(): void;
};
export type RecorderOptions = {
  jobId: string;
  record: Recording;
  context: BrowserContext;
  capture: Pick<Capture, 'watch'>;
  recordings: Recordings;
  log: Log;
};

/** Null: nothing is to be recorded. */
export async function startRecorder(
  options: Omit<RecorderOptions, 'record'> & { record: Recording | undefined },
): Promise<Recorder | null> {
  const { record } = options;
  if (!record?.video && !record?.trace) return null;
  const missing: string[] = [];
  const trace = record.trace && (await startTrace({ ...options, record }, missing));
  const video = record.video && startVideo({ ...options, record }, missing);
  return recorderOf({ missing, trace: trace || null, video: video || null, options: { ...options, record } });
}

async function startTrace({ jobId, context, recordings, log }: RecorderOptions, missing: string[]): Promise<TraceRecording | null> {
  try {
    return await TraceRecording.start({ context, ...recordings.begin(jobId, 'trace'), log });
  } catch (error) {
    log.warn({ error: String(error).slice(0, 200) }, 'no trace');
    missing.push('No trace is recorded: it could not be begun.');
    return null;
  }
}

function startVideo({ jobId, capture, recordings, log }: RecorderOptions, missing: string[]): Video | null {
  const { ffmpeg } = recordings;
  try {
    if (ffmpeg !== null) return new Video({ ffmpeg, capture, ...recordings.begin(jobId, 'video'), log });
    missing.push(withoutFfmpeg);
  } catch (error) {
    log.warn({ error: String(error).slice(0, 200) }, 'no video');
    missing.push('No video is recorded: there is no room for it on the machine of the browsers.');
  }
  return null;
}

type Parts = { missing: string[]; trace: TraceRecording | null; video: Video | null; options: RecorderOptions };

function recorderOf({ missing, trace, video, options: { jobId, recordings } }: Parts): Recorder {
  let ended = false;
  const end = (): void => {
    if (ended) return;
    ended = true;
    video?.end();
    recordings.expect(jobId, Promise.all([video?.finished, trace?.finished]));
  };
  return {
    missing,
    working: (isWorking) => video?.working(isWorking),
    async stop(secrets) {
      end();
      await trace?.stop(secrets);
    },
    lost() {
      end();
      trace?.lost();
    },
  };
}
