/** What Harbour Supply sells and to whom. Invented, and always the same, so that the examples can be relied on. */
export type Product = { sku: string; name: string; unit: string; price: number; stock: number };
export type Invoice = {
  number: string;
  customer: string;
  vessel: string;
  issued: string;
  due: string;
  amount: number;
  status: 'Paid' | 'Open' | 'Overdue';
};

export const products: readonly Product[] = [
  { sku: 'RP-012', name: 'Mooring rope, 12 mm', unit: 'coil of 100 m', price: 148, stock: 36 },
  { sku: 'RP-016', name: 'Mooring rope, 16 mm', unit: 'coil of 100 m', price: 212.5, stock: 18 },
  { sku: 'FN-240', name: 'Fender, cylindrical', unit: 'each', price: 64.9, stock: 120 },
  { sku: 'LT-LED', name: 'Navigation light, LED', unit: 'pair', price: 89, stock: 7 },
  { sku: 'PT-RED', name: 'Antifouling paint, red', unit: '5 l', price: 132.75, stock: 52 },
  { sku: 'SH-010', name: 'Bow shackle, 10 mm', unit: 'box of 10', price: 41.2, stock: 240 },
];

export const invoices: readonly Invoice[] = [
  {
    number: 'INV-2041',
    customer: 'Northwind Ferries',
    vessel: 'MV Aurora',
    issued: '2026-09-02',
    due: '2026-10-02',
    amount: 1842.5,
    status: 'Paid',
  },
  {
    number: 'INV-2042',
    customer: 'Tidal Energy Works',
    vessel: 'Barge 7',
    issued: '2026-09-04',
    due: '2026-10-04',
    amount: 12310,
    status: 'Paid',
  },
  {
    number: 'INV-2043',
    customer: 'Saltmarsh Fishing Co.',
    vessel: 'Gull',
    issued: '2026-09-11',
    due: '2026-10-11',
    amount: 486.3,
    status: 'Overdue',
  },
  {
    number: 'INV-2044',
    customer: 'Northwind Ferries',
    vessel: 'MV Borealis',
    issued: '2026-09-18',
    due: '2026-10-18',
    amount: 3275.9,
    status: 'Open',
  },
  {
    number: 'INV-2045',
    customer: 'Lighthouse Trust',
    vessel: 'Tender 2',
    issued: '2026-09-21',
    due: '2026-10-21',
    amount: 918,
    status: 'Paid',
  },
  {
    number: 'INV-2046',
    customer: 'Kestrel Yachts',
    vessel: 'Kestrel III',
    issued: '2026-09-25',
    due: '2026-10-25',
    amount: 7604.15,
    status: 'Open',
  },
  {
    number: 'INV-2047',
    customer: 'Saltmarsh Fishing Co.',
    vessel: 'Tern',
    issued: '2026-10-01',
    due: '2026-10-31',
    amount: 233.4,
    status: 'Open',
  },
  {
    number: 'INV-2048',
    customer: 'Northwind Ferries',
    vessel: 'MV Aurora',
    issued: '2026-10-06',
    due: '2026-11-05',
    amount: 5120.75,
    status: 'Overdue',
  },
  {
    number: 'INV-2049',
    customer: 'Harbourmaster’s Office',
    vessel: 'Pilot 1',
    issued: '2026-10-09',
    due: '2026-11-08',
    amount: 1499,
    status: 'Paid',
  },
  {
    number: 'INV-2050',
    customer: 'Tidal Energy Works',
    vessel: 'Barge 9',
    issued: '2026-10-14',
    due: '2026-11-13',
    amount: 20480.6,
    status: 'Open',
  },
];

export const euros = (amount: number): string => new Intl.NumberFormat('en-IE', { style: 'currency', currency: 'EUR' }).format(amount);

/** Every word of the query must stand somewhere in the invoice. */
export function findInvoices(query: string): Invoice[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  return invoices.filter((invoice) => words.every((word) => Object.values(invoice).join(' ').toLowerCase().includes(word)));
}
