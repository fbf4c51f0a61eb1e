import { z } from 'zod';
import { tool } from '../lib/commands.js';
import { PreconditionError } from '../lib/errors.js';
import { ToolError, type RunTool, type ToolName } from './exec.js';
import * as helm from './helm.js';
import * as kubectl from './kubectl.js';
import * as talosctl from './talosctl.js';
import type { Invocation } from './invocation.js';

export interface WantedVersions {
  /** `v1.13.9` */
  readonly talosVersion: string;
  /** `1.34.1` or `v1.34.1` */
  readonly kubernetesVersion: string;
}

interface Version {
  readonly text: string;
  readonly major: number;
  readonly minor: number;
}

interface Check {
  readonly tool: ToolName;
  readonly ask: Invocation;
  readonly textOf: (stdout: string) => string;
  readonly fits: (found: Version) => boolean;
  /** What is wanted, for a finding: `1.13.x, as the nodes run v1.13.9`. */
  readonly wanted: string;
}

const allTools: readonly ToolName[] = ['talosctl', 'kubectl', 'helm'];

/**
 * Asks the tools for their versions at the same time, and returns these as they say them. Throws one
 * `PreconditionError` with every tool that is missing or does not fit.
 */
export async function checkTools<Name extends ToolName = ToolName>(
  run: RunTool,
  wanted: WantedVersions,
  names: readonly Name[] = allTools as readonly Name[],
): Promise<Readonly<Record<Name, string>>> {
  const asked: readonly ToolName[] = names;
  const checks = checksFor(wanted).filter(({ tool }) => asked.includes(tool));
  const answers = await Promise.all(checks.map((check) => answerOf(run, check)));
  const problems = answers.flatMap(({ problem }) => (problem === undefined ? [] : [problem]));
  if (problems.length > 0) {
    const hints = answers.flatMap(({ hint }) => (hint === undefined ? [] : [hint]));
    throw new PreconditionError(problems, hints.join('\n') || undefined, 'tool.missing');
  }
  const versions = checks.map(({ tool }, i) => [tool, answers[i]?.version ?? ''] as const);
  return Object.fromEntries(versions) as Record<Name, string>;
}

/** Why the machine configurations of these versions cannot be made here; undefined: they can. */
export async function talosctlProblem(
  run: RunTool,
  wanted: WantedVersions,
): Promise<string | undefined> {
  const check = checksFor(wanted).find(({ tool }) => tool === 'talosctl');
  return check && (await answerOf(run, check)).problem;
}

function checksFor({ talosVersion, kubernetesVersion }: WantedVersions): Check[] {
  const talos = parseVersion(talosVersion);
  const kubernetes = parseVersion(kubernetesVersion);
  return [
    {
      tool: 'talosctl',
      ask: talosctl.clientVersion(),
      textOf: (stdout) => /Talos\s+(\S+)/.exec(stdout)?.[1] ?? stdout,
      fits: (found) => found.major === talos?.major && found.minor === talos.minor,
      wanted: `${minorOf(talos)}.x is needed, because the nodes run Talos ${talosVersion}`,
    },
    {
      tool: 'kubectl',
      ask: kubectl.clientVersion(),
      textOf: kubectlVersion,
      fits: (found) =>
        kubernetes !== undefined &&
        found.major === kubernetes.major &&
        Math.abs(found.minor - kubernetes.minor) <= 1,
      wanted: `it must be within one minor version of Kubernetes ${minorOf(kubernetes)}`,
    },
    {
      tool: 'helm',
      ask: helm.clientVersion(),
      textOf: (stdout) => stdout,
      fits: ({ major, minor }) => major === 4 || (major === 3 && minor >= 17),
      wanted: '3.17 or newer, or 4.x is needed',
    },
  ];
}

interface CheckAnswer {
  readonly version?: string;
  readonly problem?: string;
  readonly hint?: string | undefined;
}

async function answerOf(run: RunTool, check: Check): Promise<CheckAnswer> {
  const { tool, ask, textOf, fits, wanted } = check;
  try {
    const text = textOf((await run(ask)).stdout).trim();
    const found = parseVersion(text);
    if (!found) {
      const problem = `${tool}: its version is not readable ("${text}"); ${wanted}`;
      return { problem, hint: tryIt(ask) };
    }
    if (fits(found)) return { version: text };
    return {
      problem: `${tool} ${text.replace(/^v/, '')} was found; ${wanted}`,
      hint: linkOf(tool),
    };
  } catch (error) {
    if (error instanceof PreconditionError) return { problem: error.message, hint: error.hint };
    if (error instanceof ToolError) return { problem: error.message, hint: tryIt(ask) };
    throw error;
  }
}

function tryIt({ tool: name, args }: Invocation): string {
  return `See what it says by itself: ${tool`${[name, ...args]}`}`;
}

const releases: Readonly<Record<ToolName, string>> = {
  talosctl: 'https://github.com/siderolabs/talos/releases',
  kubectl: 'https://kubernetes.io/releases/download/',
  helm: 'https://github.com/helm/helm/releases',
};

function linkOf(tool: ToolName): string {
  return `${tool} in other versions: ${releases[tool]}`;
}

const kubectlSchema = z.object({ clientVersion: z.object({ gitVersion: z.string() }) });

function kubectlVersion(stdout: string): string {
  try {
    return kubectlSchema.parse(JSON.parse(stdout)).clientVersion.gitVersion;
  } catch {
    return stdout;
  }
}

/** Reads vendors' versions, too: `v1.32.4-dispatcher`, `v3.17.3+gabc`. */
function parseVersion(text: string): Version | undefined {
  const [, major, minor] = /^v?(\d+)\.(\d+)/.exec(text.trim()) ?? [];
  if (major === undefined || minor === undefined) return undefined;
  return { text, major: Number(major), minor: Number(minor) };
}

function minorOf(version: Version | undefined): string {
  return version ? `${version.major}.${version.minor}` : 'an unknown version';
}
