import { beforeAll, expect, test } from 'vitest';
import { bundleWorkflows } from '../../temporal/bundle-workflows.ts';

let modules: string[];
beforeAll(async () => {
  const code = await bundleWorkflows();
  // webpack names every module of the bundle by its path
  modules = [...new Set([...code.matchAll(/\/\*\*\*\/ "(\.\/[^"\n]+)"/g)].map((match) => match[1]!))];
});

test('the bundle carries the workflow and what it says of events', () => {
  expect(modules).toEqual(expect.arrayContaining(['./src/workflows/run-job.ts', './src/domain/reduce.ts', './src/domain/decide.ts']));
});

test('of the product only workflows, domain and message types got into it', () => {
  const folders = modules.filter((module) => module.startsWith('./src/')).map((module) => module.split('/')[2]);
  expect([...new Set(folders)].sort()).toEqual(['domain', 'workflows']);
});

test('nothing of a browser, a database, a parser or a server got into it', () => {
  const packages = modules.filter((module) => module.startsWith('./node_modules/')).map((module) => module.split('node_modules/').at(-1)!);
  const foreign = packages.filter(
    (name) => !/^(@temporalio\/(common|workflow|proto)|long|ms|nexus-rpc|protobufjs|@protobufjs|temporal-polyfill|jsbi)\b/.test(name),
  );
  expect(foreign).toEqual([]);
});
