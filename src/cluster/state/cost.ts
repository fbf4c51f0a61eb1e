/** What something costs per month. */
export interface Cost {
  readonly net: number;
  /** With the account's VAT. */
  readonly gross: number;
  /** As Hetzner names it: EUR or USD. */
  readonly currency: string;
}

/** What these cost per month together; those without a price count as nothing. */
export function addCosts(
  priced: readonly { readonly monthly?: Cost | undefined }[],
  { currency }: { readonly currency: string },
): Cost {
  const costs = priced.flatMap(({ monthly }) => monthly ?? []);
  return {
    net: sum(costs.map(({ net }) => net)),
    gross: sum(costs.map(({ gross }) => gross)),
    currency,
  };
}

/** `€8.49`, `$8.49`, `CHF 8.49`. */
export function formatMoney(amount: number, currency: string): string {
  const symbol = { EUR: '€', USD: '$' }[currency] ?? `${currency} `;
  return `${symbol}${amount.toFixed(2)}`;
}

/** `€8.49 net a month`. */
export function monthlyText({ net, currency }: Omit<Cost, 'gross'>): string {
  return `${formatMoney(net, currency)} net a month`;
}

/** Whole cents, so that sums of decimal prices stay readable and comparable. */
export function sum(amounts: readonly number[]): number {
  return Math.round(amounts.reduce((total, amount) => total + amount, 0) * 100) / 100;
}
