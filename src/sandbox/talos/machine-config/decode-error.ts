/** A configuration that Talos cannot read. The message is that of Talos. */
export class ConfigDecodeError extends Error {}
