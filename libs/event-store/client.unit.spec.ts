import { withoutCredentials } from './client.js';

const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;

describe('user and password of a URL without TLS', () => {
  test.each([
    ['esdb://ledger:s3-cr_t@127.0.0.1:2113?tls=false', 'esdb://127.0.0.1:2113?tls=false', basic('ledger:s3-cr_t')],
    ['esdb://a%3A:b%40@localhost?tls=false&x=1', 'esdb://localhost?tls=false&x=1', basic('a::b@')],
    ['esdb://a:b@127.0.0.1:1,127.0.0.2:2?TLS=false', 'esdb://127.0.0.1:1,127.0.0.2:2?TLS=false', basic('a:b')],
  ])('are sent within this machine: %s', (url, url_without, authorization) => {
    expect(withoutCredentials(url)).toEqual({ url_without, authorization });
  });

  test.each([
    'esdb://127.0.0.1:2113?tls=false',
    'esdb://a:b@127.0.0.1:2113',
    'esdb://a:b@127.0.0.1:2113?tls=true',
    'esdb://a:b@127.0.0.1:2113?x=tls=false',
    'esdb://a:b@10.0.0.1:2113?tls=false',
    'esdb://a:b@127.0.0.1.example.com:2113?tls=false',
    'esdb://a:b@127.0.0.1:1,example.com:2?tls=false',
    'esdb+discover://a:b@example.com?tls=false',
  ])('are left to the client elsewhere: %s', (url) => {
    expect(withoutCredentials(url)).toEqual({ url_without: url });
  });
});
