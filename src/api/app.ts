/** The whole HTTP side of the api. No listening and no globals: the root and the tests bind it to a port. */
import express, { type Express } from 'express';
import helmet from 'helmet';
import { approvalHandlers } from './approvals.ts';
import { artifactHandlers } from './artifacts.ts';
import { commandHandlers } from './commands.ts';
import { consoleFiles } from './console-files.ts';
import type { ApiDependencies } from './dependencies.ts';
import { guard } from './guard.ts';
import { jobHandlers } from './jobs.ts';
import { ApiProblem, problemHandler } from './problem.ts';
import { reportHandlers } from './report.ts';
import { rerunHandlers } from './rerun.ts';
import { createRouter } from './route.ts';
import { runbookHandlers } from './runbooks.ts';
import { createStreams } from './streams.ts';
import { systemHandlers } from './system.ts';
import { findTraceViewer, traceViewerFiles, traceViewerPath } from './trace-viewer.ts';

export type ApiApp = {
  app: Express;
  /** how many jobs are watched, through how many streams */
  readonly watching: { jobs: number; live: number; streams: number };
  /** ends all event streams */
  close(): void;
};

const contentSecurityPolicy = {
  useDefaults: false,
  directives: {
    defaultSrc: ["'self'"],
    scriptSrc: ["'self'"],
    // Nuxt UI and vueuse inject two style elements
    styleSrc: ["'self'", "'unsafe-inline'"],
    imgSrc: ["'self'", 'data:'],
    connectSrc: ["'self'"],
    objectSrc: ["'none'"],
    // the trace viewer, and films
    frameSrc: ["'self'"],
    mediaSrc: ["'self'"],
    baseUri: ["'none'"],
    formAction: ["'self'"],
    frameAncestors: ["'none'"],
  },
};

export function createApp(deps: ApiDependencies): ApiApp {
  const streams = createStreams(deps);
  const app = express();
  app.disable('x-powered-by');
  app.use(helmet({ contentSecurityPolicy, strictTransportSecurity: false, referrerPolicy: { policy: 'same-origin' } }));
  app.use(guard(deps.settings));
  app.use(express.json({ limit: '1mb', type: 'application/json' }));
  app.use(
    createRouter({
      ...jobHandlers(deps),
      ...commandHandlers(deps),
      ...rerunHandlers(deps),
      ...approvalHandlers(deps),
      ...runbookHandlers(deps),
      ...artifactHandlers(deps),
      ...reportHandlers(deps),
      ...systemHandlers(deps),
      ...streams.handlers,
    }),
  );
  app.use(traceViewerPath, traceViewerFiles(findTraceViewer()));
  app.use(consoleFiles(deps.settings.web));
  app.use((req) => {
    throw new ApiProblem('not_found', `there is nothing at ${req.path.slice(0, 200)}; /api/openapi.json lists what there is`);
  });
  app.use(problemHandler(deps.log));
  return {
    app,
    get watching() {
      return { jobs: streams.jobs.watched, live: streams.live.watched, streams: streams.hub.size };
    },
    close: () => streams.close(),
  };
}
