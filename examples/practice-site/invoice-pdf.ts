/** An invoice on one sheet, as small as a PDF can be. */
import { euros, type Invoice } from './catalogue.ts';

/** Parentheses and backslashes end or escape a text; the built-in fonts know Latin-1 only. */
const text = (value: string): string => value.replace(/[\\()]/g, '\\$&').replace('€', 'EUR');

const lineHeight = 24;

function content({ number, customer, vessel, issued, due, amount, status }: Invoice): string {
  const lines = [
    `Harbour Supply`,
    `Invoice ${number}`,
    customer,
    vessel,
    `Issued ${issued}`,
    `Due ${due}`,
    `Amount ${euros(amount)}`,
    status,
  ];
  return `BT /F1 14 Tf 72 760 Td ${lines.map((line) => `(${text(line)}) Tj 0 -${lineHeight} Td`).join(' ')} ET`;
}

/** PDF 1.4: five objects, and where each begins. */
export function invoicePdf(invoice: Invoice): Buffer {
  const stream = content(invoice);
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>',
    `<< /Length ${Buffer.byteLength(stream, 'latin1')} >>\nstream\n${stream}\nendstream`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
  ];
  let body = '%PDF-1.4\n';
  const begins = objects.map((object, index) => {
    const at = body.length;
    body += `${index + 1} 0 obj\n${object}\nendobj\n`;
    return at;
  });
  const table = begins.map((at) => `${String(at).padStart(10, '0')} 00000 n \n`).join('');
  const end = `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${table}`;
  return Buffer.from(`${body}${end}trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${body.length}\n%%EOF\n`, 'latin1');
}
