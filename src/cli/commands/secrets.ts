import { secretsCopyName } from '../../cluster/state/secrets-copy-name.js';
import { exportSecrets, importSecrets } from '../../flows/secrets.js';
import { oxide } from '../../lib/commands.js';
import { ExitCode } from '../../lib/errors.js';
import { demandPrivate, ensurePrivate } from '../../lib/folders.js';
import { renderExported, renderImported } from '../../ui/secrets.js';
import { holdFolder } from '../hold-folder.js';
import type { CliIo, GlobalOptions } from '../io.js';
import { secretsFolder } from '../output-folder.js';
import { knownPassphrase, newPassphrase, type PassphraseOptions } from '../passphrase.js';
import { withSecrets } from '../secrets-context.js';

export interface SecretsOptions extends GlobalOptions, PassphraseOptions {
  /** The encrypted copy; beside cluster.yaml's name unless given. */
  readonly file: string | undefined;
}

/** `oxide secrets export`: an encrypted copy of what makes the cluster. */
export function secretsExportCommand(options: SecretsOptions, io: CliIo): Promise<ExitCode> {
  return withSecrets(options, io, async ({ flow, ui }) => {
    const file = options.file ?? secretsCopyName(flow.config.cluster_name, flow.rehearsal);
    const exported = await exportSecrets(flow, {
      file,
      passphrase: () => newPassphrase(options, io),
    });
    const back = oxide`secrets import ${file}`;
    ui.print(exported, (shown) => renderExported(shown, back, ui.looks));
    return ExitCode.done;
  });
}

/** `oxide secrets import`: brings the secrets back from such a copy. */
export function secretsImportCommand(
  options: SecretsOptions & { readonly file: string },
  io: CliIo,
): Promise<ExitCode> {
  return withSecrets(options, io, async ({ flow, ui, look }) => {
    await demandPrivate(secretsFolder(flow.files));
    const { file } = options;
    const passphrase = () => knownPassphrase(options, io);
    const hold = async (write: () => Promise<void>): Promise<void> => {
      const { breakLock: breakIt = false } = options;
      await ensurePrivate(secretsFolder(flow.files));
      await holdFolder(flow.files, { command: 'secrets import', breakIt }, write);
    };
    const imported = await importSecrets(flow, { file, passphrase, look, hold });
    ui.print(imported, (shown) => renderImported(shown, ui.looks));
    return ExitCode.done;
  });
}
