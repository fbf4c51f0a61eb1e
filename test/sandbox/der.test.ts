import { describe, expect, test } from 'vitest';
import { bits, der, integer, oid, text, time, yes } from '../../src/sandbox/der.js';

const hex = (value: Uint8Array): string => Buffer.from(value).toString('hex');

// The values of ITU-T X.690 and RFC 5280, as `openssl asn1parse` reads them.
describe('DER', () => {
  test.each([
    [0, '0400'],
    [127, '047f'],
    [128, '048180'],
    [256, '04820100'],
  ])('has the length of %i bytes before them', (length, start) => {
    expect(hex(der(0x04, Buffer.alloc(length)))).toBe(start + '00'.repeat(length));
  });

  test('keeps a positive number positive', () => {
    expect(hex(integer(Buffer.from([0x7f])))).toBe('02017f');
    expect(hex(integer(Buffer.from([0x80])))).toBe('02020080');
  });

  test.each([
    ['2.5.29.15', '0603551d0f'],
    ['1.3.101.112', '06032b6570'],
    ['1.2.840.10045.4.3.2', '06082a8648ce3d040302'],
  ])('writes %s', (dotted, wanted) => {
    expect(hex(oid(dotted))).toBe(wanted);
  });

  test('writes a text with few characters as such, and any other in UTF-8', () => {
    expect(hex(text('system:masters'))).toBe(`130e${hex(Buffer.from('system:masters'))}`);
    expect(hex(text('ü_'))).toBe('0c03c3bc5f');
  });

  test('writes years with two digits until 2049', () => {
    expect(hex(time(Date.UTC(2049, 11, 31, 23, 59, 59)))).toBe(
      `170d${hex(Buffer.from('491231235959Z'))}`,
    );
    expect(hex(time(Date.UTC(2050, 0, 1)))).toBe(`180f${hex(Buffer.from('20500101000000Z'))}`);
  });

  test('writes bits and a yes', () => {
    expect([hex(bits(Buffer.from([0x84]), 2)), hex(yes)]).toEqual(['03020284', '0101ff']);
  });
});
