import { verify } from 'node:crypto';
import { isIP } from 'node:net';
import type { Machine } from '../../machines.js';
import { certificateFingerprint, digestFor, publicKeyOf, readCertificate } from '../../pki.js';
import { addressesOf } from '../api-server.js';
import { phaseOf } from '../node-state.js';
import { GrpcError, signedText, type TalosCredentials, type TalosRequest } from '../protocol.js';
import { controlPlanesReachableFrom, sharesNetwork } from '../reachability.js';
import { nameObjection } from './server-names.js';
import type { TalosWorld } from '../world.js';
import type { ConfiguredNode, TalosNode } from '../talos-node.js';

const apidPort = 50_000;
const trustdPort = 50_001;

/** Follows a call to the node that it is for. Throws what gRPC says when the way is blocked. */
export function findTarget(world: TalosWorld, request: TalosRequest, now: number): TalosNode {
  const endpoint = atEndpoint(() => firstAnswering(world, request, now));
  const { node } = request;
  if (node === undefined || isAddressOf(endpoint.machine, node)) return endpoint;
  if (endpoint.settings?.role !== 'control-plane') {
    atEndpoint(() => {
      throw new GrpcError('PermissionDenied', 'no request forwarding');
    });
  }
  return forward(world, { from: endpoint, address: node, now });
}

function atEndpoint<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof GrpcError) error.atEndpoint = true;
    throw error;
  }
}

/** Dials the endpoints in turn, as the client's balancer does; the last failure counts. */
function firstAnswering(world: TalosWorld, request: TalosRequest, now: number): TalosNode {
  let failure = new GrpcError('Unavailable', 'no endpoints');
  for (const endpoint of request.endpoints) {
    try {
      return dial(world, { ...request, endpoint, now });
    } catch (error) {
      if (!(error instanceof GrpcError) || error.code !== 'Unavailable') throw error;
      failure = error;
    }
  }
  throw failure;
}

interface Dial extends TalosRequest {
  readonly endpoint: string;
  readonly now: number;
}

function dial(world: TalosWorld, call: Dial): TalosNode {
  const { host, port } = splitEndpoint(call.endpoint);
  const isName = isIP(host) === 0;
  const machine = isName ? machineNamed(world, call, host) : machineAt(world, host);
  if (!machine && !isName) return dialBalancer(world, call, { host, port });
  const address = isName ? (machine?.publicIpv4 ?? host) : host;
  const fail = (why: string): GrpcError => dialError(`${address}:${port}`, why);
  const node = machine && world.node(machine.id);
  const isOn = node && phaseOf(node.state) !== 'off';
  if (!isOn || !world.machines.admits(machine.id, world.callerAddress(), port)) {
    throw fail('i/o timeout');
  }
  if (port !== apidPort || !answersCalls(world, node, call.now)) {
    throw fail('connect: connection refused');
  }
  return shakeHands(node, call);
}

function shakeHands(node: TalosNode, call: Dial): TalosNode {
  if (call.credentials) checkHandshake(node, call, call.credentials);
  else if (node.settings) {
    throw new GrpcError(
      'Unavailable',
      'connection error: desc = "error reading server preface: remote error: tls: certificate required"',
    );
  }
  return node;
}

/**
 * A load balancer leads to one of its targets, past their firewalls. It takes the connection also when
 * it has nobody to pass it on to, and ends it then.
 */
function dialBalancer(
  world: TalosWorld,
  call: Dial,
  { host, port }: { host: string; port: number },
): TalosNode {
  const balancer = world.machines.balancerAt(host, port);
  // Its private address is no address of the internet.
  if (balancer?.networkId !== undefined || !balancer)
    throw dialError(`${host}:${port}`, 'i/o timeout');
  if (!balancer.listens) throw dialError(`${host}:${port}`, 'connect: connection refused');
  const [target] = balancer.targets;
  const node = target && world.node(target.machineId);
  if (target?.port !== apidPort || !node || !answersCalls(world, node, call.now)) {
    throw handshakeError('EOF');
  }
  return shakeHands(node, call);
}

function machineAt(world: TalosWorld, address: string): Machine | undefined {
  return world.machines
    .machines()
    .find(({ publicIpv4, publicIpv6 }) => publicIpv4 === address || publicIpv6 === address);
}

/**
 * Asks the name servers of this world. With several endpoints it is not gRPC that resolves names
 * but the dialer of each (compared with talosctl 1.13.9).
 */
function machineNamed(world: TalosWorld, { endpoints }: Dial, name: string): Machine | undefined {
  const id = world.namedBy(name);
  if (id !== undefined) return world.machines.machines().find((machine) => machine.id === id);
  if (endpoints.length === 1) {
    throw new GrpcError('Unavailable', 'name resolver error: produced zero addresses');
  }
  const why = `lookup ${name} on 127.0.0.53:53: no such host`;
  const desc = `transport: Error while dialing: dial tcp: ${why}`;
  throw new GrpcError('Unavailable', `connection error: desc = "${desc}"`);
}

/** Whether the node's API listens. A worker gets its certificate from a control plane first. */
function answersCalls(world: TalosWorld, node: TalosNode, now: number): boolean {
  const phase = phaseOf(node.state);
  if (phase === 'maintenance') return true;
  if (phase !== 'running' || !node.settings) return false;
  if (node.settings.role === 'control-plane') return true;
  const worker: ConfiguredNode = { ...node, settings: node.settings };
  return (
    controlPlanesReachableFrom(worker, { world, now, running: world.runningNodes() }, trustdPort)
      .length > 0
  );
}

/** What both sides of a TLS handshake would find. */
function checkHandshake(node: TalosNode, call: Dial, credentials: TalosCredentials): void {
  const { ca, crt, signature } = credentials;
  const { settings } = node;
  const objection =
    settings && nameObjection({ ...node, settings }, splitEndpoint(call.endpoint).host);
  if (objection !== undefined) {
    throw handshakeError(`tls: failed to verify certificate: ${objection}`);
  }
  const own = settings?.osCa.crt;
  if (own === undefined || certificateFingerprint(own) !== certificateFingerprint(ca)) {
    throw handshakeError(
      'tls: failed to verify certificate: x509: certificate signed by unknown authority' +
        (own === undefined
          ? ''
          : ' (possibly because of \\"x509: Ed25519 verification failure\\" while trying to verify candidate authority certificate \\"talos\\")'),
    );
  }
  const key = publicKeyOf(crt);
  const proof = Buffer.from(signature, 'base64');
  const isSigned = readCertificate(crt).verify(publicKeyOf(own));
  if (!isSigned || !verify(digestFor(key), Buffer.from(signedText(call)), key, proof)) {
    throw remoteError('unknown certificate authority');
  }
  if (Date.parse(readCertificate(crt).validTo) < call.now) {
    throw remoteError('expired certificate');
  }
}

interface Forward {
  readonly from: TalosNode;
  readonly address: string;
  readonly now: number;
}

/** The endpoint passes the call on; the other node shows a certificate of the same authority. */
function forward(world: TalosWorld, { from, address, now }: Forward): TalosNode {
  const fail = (why: string): GrpcError => dialError(`${address}:${apidPort}`, why);
  // Networks of the same range have the same addresses: only those that it is in lead anywhere.
  const bearers = world.machines.machines().filter((other) => isAddressOf(other, address));
  const machine = bearers.find((other) => sharesNetwork(from.machine, other)) ?? bearers[0];
  const node = machine && world.node(machine.id);
  if (!node || phaseOf(node.state) === 'off' || !canSend(world, from.machine, node, address)) {
    throw fail('i/o timeout');
  }
  if (!answersCalls(world, node, now)) throw fail('connect: connection refused');
  if (node.settings?.osCa.crt !== from.settings?.osCa.crt) {
    throw handshakeError(
      'tls: failed to verify certificate: x509: certificate signed by unknown authority',
    );
  }
  return node;
}

function canSend(world: TalosWorld, from: Machine, to: TalosNode, address: string): boolean {
  const isPrivate = to.machine.privateIps.some(({ ip }) => ip === address);
  if (isPrivate) return sharesNetwork(from, to.machine);
  return world.machines.admits(to.machine.id, from.publicIpv4 ?? '', apidPort);
}

function isAddressOf(machine: Machine, address: string): boolean {
  return addressesOf(machine).includes(address);
}

function splitEndpoint(endpoint: string): { host: string; port: number } {
  const match = /^(?:\[(.+)\]|([^:]+))(?::(\d+))?$/.exec(endpoint);
  if (!match) return { host: endpoint, port: apidPort };
  return { host: match[1] ?? match[2] ?? endpoint, port: Number(match[3] ?? apidPort) };
}

function dialError(address: string, why: string): GrpcError {
  const desc = `transport: Error while dialing: dial tcp ${address}: ${why}`;
  return new GrpcError('Unavailable', `connection error: desc = "${desc}"`);
}

function handshakeError(why: string): GrpcError {
  const desc = `transport: authentication handshake failed: ${why}`;
  return new GrpcError('Unavailable', `connection error: desc = "${desc}"`);
}

function remoteError(why: string): GrpcError {
  const desc = `error reading server preface: remote error: tls: ${why}`;
  return new GrpcError('Unavailable', `connection error: desc = "${desc}"`);
}
