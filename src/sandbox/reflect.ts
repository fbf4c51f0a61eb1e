/**
 * tsyringe, which @peculiar/x509 finds its algorithms with, refuses to load without the functions
 * of the package reflect-metadata, and looks up constructor parameters with them. Nothing that
 * x509 registers has constructor parameters, so "nothing is known" is the true answer to all.
 */
interface MetadataReflection {
  getMetadata?: () => unknown;
  getOwnMetadata?: () => unknown;
  defineMetadata?: () => void;
}

const reflection = Reflect as MetadataReflection;
reflection.getMetadata ??= () => undefined;
reflection.getOwnMetadata ??= () => undefined;
reflection.defineMetadata ??= () => undefined;
