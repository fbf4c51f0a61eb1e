import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { Driver } from './driver.js';

interface Offered {
  readonly name: string;
  readonly available: boolean;
  readonly deprecation: object | null;
}

interface ServerType {
  readonly id: number;
  readonly name: string;
  readonly locations: readonly Offered[];
  readonly prices: readonly object[];
}

const file = fileURLToPath(new URL('../../../../shared/hetzner/catalogue.json', import.meta.url));

function serverTypes(driver: Driver): ServerType[] {
  return driver.get('/server_types?per_page=50')['server_types'] as unknown as ServerType[];
}

const availableIn = (driver: Driver, type: string, location: string): boolean | undefined =>
  serverTypes(driver)
    .find(({ name }) => name === type)
    ?.locations.find(({ name }) => name === location)?.available;

describe('the catalogue', () => {
  it('offers every type where it can be ordered, and nowhere else', () => {
    const driver = new Driver();
    expect(availableIn(driver, 'cx23', 'nbg1')).toBe(true);
    expect(availableIn(driver, 'cax11', 'hel1')).toBe(true);
    expect(availableIn(driver, 'cx23', 'ash')).toBeUndefined();
    expect(availableIn(driver, 'cpx21', 'nbg1')).toBe(false);
    expect(availableIn(driver, 'cpx21', 'ash')).toBe(true);
  });

  it('shows what is sold out', () => {
    const driver = new Driver();
    driver.cloud.setAvailability('cx23', 'nbg1', false);
    expect(availableIn(driver, 'cx23', 'nbg1')).toBe(false);
    driver.cloud.setAvailability('cx23', 'nbg1', true);
    expect(availableIn(driver, 'cx23', 'nbg1')).toBe(true);
  });

  it.skipIf(!existsSync(file))(
    'has the facts of the live API (skipped without ../shared/hetzner/catalogue.json)',
    () => {
      const facts = JSON.parse(readFileSync(file, 'utf8')) as {
        server_types: (ServerType & { deprecated?: unknown; deprecation?: unknown })[];
      };
      const withoutMarket = (type: ServerType): object => ({
        ...type,
        prices: [...type.prices],
        locations: type.locations.map((location) => ({ ...location, available: undefined })),
        deprecated: undefined,
        deprecation: undefined,
      });
      expect(serverTypes(new Driver()).map(withoutMarket)).toEqual(
        facts.server_types.map(withoutMarket),
      );
    },
  );
});
