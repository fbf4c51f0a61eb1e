import { effectiveRules, firewallLimits } from '../../cluster/network/firewall-limits.js';
import { openApis } from '../../cluster/network/open-apis.js';
import { wantedRules } from '../../cluster/network/firewall-rules.js';
import { fileRemarks } from '../../cluster/plan/create/file-remarks.js';
import { versionRemarks } from '../../cluster/talos/support.js';
import { loadConfig } from '../../config/load.js';
import type { ClusterConfig } from '../../config/schema.js';
import { spell, spellData, writeOutData } from '../../lib/commands.js';
import { ExitCode } from '../../lib/errors.js';
import { wallClock } from '../../lib/wait.js';
import type { OfflineCheck } from '../../steps/talos/offline-check.js';
import { renderJson } from '../../ui/json.js';
import { looksOf } from '../../ui/terminal.js';
import { shownData } from '../../ui/style.js';
import { renderValidated, type ValidatedView } from '../../ui/validated.js';
import type { CliIo, GlobalOptions } from '../io.js';
import { offlineCheck } from '../offline-check.js';
import { spellingOf } from '../own-command.js';

/** `oxide validate`: everything that can be known of cluster.yaml without reaching out. */
export async function validateCommand(options: GlobalOptions, io: CliIo): Promise<ExitCode> {
  const config = await loadConfig(options.config);
  const odd: string[] = [];
  const check = await offlineCheck(config, options, {
    io,
    onWarning: (text) => void odd.push(text),
  });
  const spelling = spellingOf(options);
  const view = viewOf(options.config, config, { check, odd });
  if (options.json) {
    const { machineConfigs, firewall, notes, warnings } = view;
    const found = { machineConfigs, firewall, notes, warnings };
    const document = { valid: true, cluster: config.cluster_name, ...found };
    io.stdout.write(renderJson(spellData(document, spelling)));
  } else {
    const looks = looksOf(io.stderr, io.env);
    const shown = shownData(writeOutData(view, spelling), looks);
    io.stderr.write(spell(renderValidated(shown, looks), spelling));
  }
  return ExitCode.done;
}

interface Findings {
  readonly check: OfflineCheck;
  /** What talosctl warned of. */
  readonly odd: readonly string[];
}

function viewOf(file: string, config: ClusterConfig, { check, odd }: Findings): ValidatedView {
  const { allowed_cidrs: allowed, extra_rules: extraRules } = config.hcloud.firewall;
  const rules = wantedRules({ allowedCidrs: allowed ?? [], extraRules });
  const { notes, warnings } = fileRemarks(config);
  const { version: talos, kubernetes_version: kubernetes } = config.talos;
  return {
    file,
    machineConfigs: check,
    firewall: {
      effectiveRules: effectiveRules(rules),
      most: firewallLimits.effectiveRules,
      own: allowed === undefined,
    },
    notes,
    warnings: [
      ...warnings,
      ...versionRemarks({ talos, kubernetes }, wallClock()),
      ...openApis(rules),
      ...odd,
    ],
  };
}
