// Checks credentials with a verifier by other hands, and nothing of ours:
//   node verify.mjs @digitalbazaar|@digitalcredentials CONTEXTS STATUSLIST FILE...
// prints a line a file: "sound", or "refused:" and why.
import {readFileSync} from 'node:fs';
import {join} from 'node:path';

const [whose, contexts, list, ...files] = process.argv.slice(2);
const {DataIntegrityProof} = await import(`${whose}/data-integrity`);
const {cryptosuite} = await import(`${whose}/eddsa-rdfc-2022-cryptosuite`);
const vc = await import(`${whose}/vc`);
const {checkStatus} = await import(`${whose}/vc-bitstring-status-list`);

const read = name => JSON.parse(readFileSync(name));
const status = read(list);
const known = new Map([
  ['https://www.w3.org/ns/credentials/v2', read(join(contexts, 'credentials-v2.json'))],
  ['https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json', read(join(contexts, 'ob-3.0.3.json'))],
  [status.id, status],
]);

// An issuer's address gives what did:key, did:web and HTTPS would; the key is the
// part behind the #. Nothing is fetched.
async function documentLoader(url) {
  if(known.has(url)) {
    return {documentUrl: url, document: known.get(url)};
  }
  const [controller, fragment] = url.split('#');
  if(!/^(did:(key|web):|https:\/\/example\.org\/issuer$)/.test(controller)) {
    throw new Error(`nothing is loaded: ${url}`);
  }
  const publicKeyMultibase = fragment ?? keys.get(controller);
  const method = {
    '@context': 'https://w3id.org/security/multikey/v1',
    id: `${controller}#${publicKeyMultibase}`, type: 'Multikey', controller, publicKeyMultibase,
  };
  const document = fragment ? method : {
    '@context': ['https://www.w3.org/ns/did/v1', 'https://w3id.org/security/multikey/v1'],
    id: controller, verificationMethod: [method], assertionMethod: [method.id],
  };
  return {documentUrl: url, document};
}

const keys = new Map();
const suite = () => new DataIntegrityProof({cryptosuite});

async function check(credential) {
  const [controller, key] = [credential.proof].flat()[0].verificationMethod.split('#');
  keys.set(controller, key);
  const result = await vc.verifyCredential({
    credential, suite: suite(), documentLoader, now: new Date('2027-06-03T09:00:00Z'),
    checkStatus: options => checkStatus({...options, suite: suite(), documentLoader, verifyBitstringStatusListCredential: true}),
  });
  if(!result.verified) {
    const error = result.error ?? result.statusResult?.error ?? new Error(JSON.stringify(result.statusResult ?? result));
    throw error.errors?.[0] ?? error;
  }
  if(result.statusResult?.results?.some(({status}) => status)) { // one of the two leaves that to its caller
    throw new Error('it was revoked');
  }
}

for(const file of files) {
  try {
    const credential = read(file);
    await check(credential);
    for(const word of credential.endorsement ?? []) {
      await check(word);
    }
    console.log('sound');
  } catch(e) {
    console.log('refused:', String(e.message).replaceAll('\n', ' '));
  }
}
