import type { Architecture } from '../../cluster/catalogue/catalogue.js';
import { buildImage } from '../../flows/build-image.js';
import { ExitCode } from '../../lib/errors.js';
import { renderBuiltImages } from '../../ui/images.js';
import { withCluster } from '../context.js';
import type { CliIo, GlobalOptions } from '../io.js';

export interface ImageBuildOptions extends GlobalOptions {
  readonly arch?: Architecture;
  readonly location?: string;
  readonly type?: string;
  readonly force?: boolean;
  readonly verify?: boolean;
}

/** `oxide image build`: makes the snapshots that are missing. */
export function imageBuildCommand(options: ImageBuildOptions, io: CliIo): Promise<ExitCode> {
  return withCluster({ ...options, lock: 'image build' }, io, async ({ flow, ui }) => {
    const { arch: architecture, type, location, force = false, verify = false } = options;
    const images = await buildImage(flow, { architecture, type, location, force, verify });
    ui.print({ images }, (shown) => renderBuiltImages(shown, ui.looks));
    return ExitCode.done;
  });
}
