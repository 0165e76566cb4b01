// What the protocol libraries leave to whoever uses them: keys, hashes, signatures (jose, node).
import { X509Certificate, createHash, randomBytes } from 'node:crypto';
import * as jose from 'jose';

const kept = new Map();

export async function wallet() {
  const { publicKey, privateKey } = await jose.generateKeyPair('ES256', { extractable: true });
  const key = { jwk: await jose.exportJWK(publicKey), secret: await jose.exportJWK(privateKey), privateKey };
  kept.set(key.jwk.x, key);
  return key;
}

export const signerOf = ({ jwk }) => ({ method: 'jwk', alg: 'ES256', publicJwk: jwk });

const publicOf = async (signer) => {
  if (signer.method === 'jwk') return signer.publicJwk;
  const certificate = new X509Certificate(Buffer.from(signer.x5c[0], 'base64'));
  return jose.exportJWK(certificate.publicKey);
};

export const callbacks = {
  fetch: (url, init) => globalThis.fetch(url, init),
  hash: (data, algorithm) => createHash(algorithm.replace('-', '')).update(data).digest(),
  generateRandom: (length) => randomBytes(length),
  signJwt: async (signer, { header, payload }) => {
    const { privateKey, jwk } = kept.get(signer.publicJwk.x);
    const jwt = await new jose.SignJWT(payload).setProtectedHeader(header).sign(privateKey);
    return { jwt, signerJwk: jwk };
  },
  verifyJwt: async (signer, { compact }) => {
    const signerJwk = await publicOf(signer);
    try {
      await jose.compactVerify(compact, await jose.importJWK(signerJwk, signer.alg));
      return { verified: true, signerJwk };
    } catch {
      return { verified: false };
    }
  },
  encryptJwe: async (encryptor, data) => {
    const to = await jose.importJWK(encryptor.publicJwk, encryptor.alg);
    const header = { alg: encryptor.alg, enc: encryptor.enc, kid: encryptor.publicJwk.kid };
    const jwe = await new jose.CompactEncrypt(new TextEncoder().encode(data)).setProtectedHeader(header).encrypt(to);
    return { encryptionJwk: encryptor.publicJwk, jwe };
  },
  decryptJwe: async () => ({ decrypted: false }),
  getX509CertificateMetadata: (text) => {
    const names = new X509Certificate(Buffer.from(text, 'base64')).subjectAltName ?? '';
    const of = (kind) => names.split(', ').filter((name) => name.startsWith(kind)).map((name) => name.slice(kind.length));
    return { sanDnsNames: of('DNS:'), sanUriNames: of('URI:') };
  },
};
