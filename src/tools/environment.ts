/**
 * What tools get of the user's environment: where things are, proxies and certificates. Nothing
 * that would change what they do: `KUBECONFIG` and `TALOSCONFIG` would point them elsewhere, `TAG`
 * silently changes talosctl's installer image (Talos source, pkg/images), and `HCLOUD_TOKEN` is
 * none of their business.
 */
const passedOn = [
  /^PATH(EXT)?$/,
  /^HOME(DRIVE|PATH)?$/,
  /^(USERPROFILE|APPDATA|LOCALAPPDATA|PROGRAMDATA|SYSTEMROOT|SYSTEMDRIVE|WINDIR|COMSPEC)$/,
  /^(TEMP|TMP|TMPDIR)$/,
  /^(LANG|LC_.+|TZ)$/,
  /^(HTTP|HTTPS|ALL|NO)_PROXY$/,
  /^SSL_CERT_(FILE|DIR)$/,
  /^XDG_.+$/,
  /^HELM_(REGISTRY_CONFIG|CACHE_HOME|CONFIG_HOME|DATA_HOME)$/,
  /^DOCKER_CONFIG$/,
];

/** The environment that every tool is started with, and nothing else. */
export function cleanEnvironment(
  processEnv: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const kept = Object.entries(processEnv).filter(
    (entry): entry is [string, string] =>
      // Windows writes `Path`, and proxies are often in lower case.
      entry[1] !== undefined && passedOn.some((name) => name.test(entry[0].toUpperCase())),
  );
  // A kuberc file can change defaults and alias commands (kubectl 1.34).
  return { ...Object.fromEntries(kept), KUBECTL_KUBERC: 'false' };
}
