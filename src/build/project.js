import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of package.json. */
export const project = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** What all bundles have in common. */
export const bundleOptions = {
  cwd: project,
  platform: 'node',
  tsconfig: false,
  // The compiled parts of ssh2: it does without them.
  external: ['cpu-features', /\.node$/],
  // The demonstration plays other commands, so it has them with it.
  checks: { ineffectiveDynamicImport: false },
  plugins: [
    { name: 'commander starts no programs', transform: withoutPrograms },
    { name: 'undici sends requests', transform: onlyRequests },
  ],
};

/** Commander could start programs as commands; oxide has none, and loading what starts them takes 5 ms. */
function withoutPrograms(code, id) {
  if (!id.endsWith('/commander/lib/command.js')) return null;
  const line = "const childProcess = require('node:child_process');\n";
  if (!code.includes(line)) throw new Error(`${id} has changed: is "${line.trim()}" still there?`);
  // As long as before, so that the source map stays right.
  return { code: code.replace(line, `${' '.repeat(line.length - 1)}\n`), map: null };
}

/** Of undici's index, what oxide uses of it and what that needs. */
const usedOfUndici = [
  "const Dispatcher = require('./lib/dispatcher/dispatcher')",
  "const Agent = require('./lib/dispatcher/agent')",
  "const ProxyAgent = require('./lib/dispatcher/proxy-agent')",
  "const errors = require('./lib/core/errors')",
  "const util = require('./lib/core/util')",
  'const { InvalidArgumentError } = errors',
  "const api = require('./lib/api')",
  "const { getGlobalDispatcher, setGlobalDispatcher } = require('./lib/global')",
  'Object.assign(Dispatcher.prototype, api)',
  'module.exports.Agent = Agent',
  'module.exports.ProxyAgent = ProxyAgent',
  'module.exports.request = makeDispatcher(api.request)',
];

/**
 * Undici also has fetch, WebSocket, caches and mocks, and its index loads them all: that is two thirds
 * of what loading it takes, in every command that speaks to Hetzner.
 */
function onlyRequests(code, id) {
  if (!id.endsWith('/undici/index.js')) return null;
  const helper = /^function makeDispatcher \(fn\) \{\n[^]*?\n\}$/m.exec(code)?.[0];
  const missing = usedOfUndici.filter((line) => !code.includes(`\n${line}\n`));
  if (helper === undefined || missing.length > 0)
    throw new Error(`${id} has changed: where is ${missing.join(', ')}?`);
  const [before = '', after = ''] = code.split(helper);
  const used = (text) =>
    text.replace(/^.*$/gm, (line) => (usedOfUndici.includes(line) ? line : ''));
  // Every line stays where it was, so that the source map stays right.
  return { code: `${used(before)}${helper}${used(after)}`, map: null };
}
