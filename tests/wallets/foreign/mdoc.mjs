// Mobile documents by @owf/mdoc; cryptography by node.
import { X509Certificate, createHash, createPrivateKey, createPublicKey, randomBytes, sign, verify } from 'node:crypto';
import { CoseKey, DeviceRequest, DeviceResponse, DocRequest, Holder, IssuerSigned, ItemsRequest, SessionTranscript, coseKeyToJwk } from '@owf/mdoc';

const P1363 = { dsaEncoding: 'ieee-p1363' };
const context = {
  crypto: {
    random: (length) => randomBytes(length),
    digest: ({ digestAlgorithm, bytes }) => createHash(digestAlgorithm.replace('-', '').toLowerCase()).update(bytes).digest(),
    calculateEphemeralMacKey: () => { throw new Error('no MAC here'); },
  },
  cose: {
    sign1: {
      sign: ({ toBeSigned, key }) => sign('sha256', toBeSigned, { key: createPrivateKey({ key: key.jwk, format: 'jwk' }), ...P1363 }),
      verify: ({ key, sign1 }) => verify('sha256', sign1.toBeSigned, { key: createPublicKey({ key: key.jwk, format: 'jwk' }), ...P1363 }, sign1.signature),
    },
    mac0: {},
  },
  x509: {
    getIssuerNameField: ({ certificate, field }) => (new X509Certificate(certificate).issuer.match(new RegExp(`^${field}=(.*)$`, 'm')) ?? []).slice(1),
    getPublicKey: ({ certificate }) => CoseKey.fromJwk(new X509Certificate(certificate).publicKey.export({ format: 'jwk' })),
    verifyCertificateChain: ({ trustedCertificates, x5chain }) => {
      const leaf = new X509Certificate(x5chain[0]);
      if (!trustedCertificates.some((root) => leaf.verify(new X509Certificate(root).publicKey))) throw new Error('not trusted');
    },
    getCertificateData: ({ certificate }) => {
      const found = new X509Certificate(certificate);
      return {
        issuerName: found.issuer, subjectName: found.subject, serialNumber: found.serialNumber, thumbprint: found.fingerprint256,
        notBefore: new Date(found.validFrom), notAfter: new Date(found.validTo), pem: found.toString(),
      };
    },
  },
};

/** Signature, certificate chain, digests and time of what we were given, as the library judges them. */
export async function verifyMdoc(encoded, trustedCertificates) {
  const failed = [];
  const verificationCallback = (item) => { if (item.status === 'FAILED') failed.push(`${item.check}: ${item.reason}`); };
  await Holder.verifyIssuerSigned({ issuerSigned: encoded, trustedCertificates, verificationCallback }, context);
  const claims = IssuerSigned.fromEncodedForOid4Vci(encoded).getPrettyClaims('pengcheng.licences.1');
  return { failed, adult: claims.age_over_18, name: claims.holder_name };
}

/** A DeviceResponse for one question of a verifier (OpenID4VP 1.0). */
export async function presentMdoc(encoded, secret, asked, jwkThumbprint, names) {
  const issuerSigned = IssuerSigned.fromEncodedForOid4Vci(encoded);
  const sessionTranscript = await SessionTranscript.forOid4Vp(
    { clientId: asked.client_id, nonce: asked.nonce, responseUri: asked.response_uri, jwkThumbprint }, context);
  const itemsRequest = ItemsRequest.create({
    docType: 'pengcheng.licences.seniors-card.1',
    namespaces: new Map([['pengcheng.licences.1', new Map(names.map((name) => [name, false]))]]),
  });
  const deviceRequest = DeviceRequest.create({ docRequests: [DocRequest.create({ itemsRequest })] });
  const response = await DeviceResponse.createWithDeviceRequest({
    deviceRequest, sessionTranscript, issuerSigned: [issuerSigned],
    signature: { signingKey: CoseKey.fromJwk({ ...secret, alg: 'ES256' }) },
  }, context);
  return response.encodedForOid4Vp;
}
