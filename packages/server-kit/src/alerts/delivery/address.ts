import { BlockList, isIP } from "node:net";
import { EndpointTargetError } from "../errors.js";

/** Finds the addresses of a name. */
export type Lookup = (hostname: string) => Promise<readonly string[]>;

/**
 * Addresses that are not somewhere on the internet: of this machine, of its network, of its cloud provider, of
 * documentation, of nobody. From the registries of IANA for special purposes.
 */
const SPECIAL_V4 = [
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "168.63.129.16/32", // the inner services of Azure, at a public address
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.0.0.0/24",
  "192.0.2.0/24",
  "192.88.99.0/24",
  "192.168.0.0/16",
  "198.18.0.0/15",
  "198.51.100.0/24",
  "203.0.113.0/24",
  "224.0.0.0/4",
  "240.0.0.0/4",
] as const;

/** Within 2000::/3, which is all there is of the internet in IPv6: tunnels to IPv4, documentation, protocols. */
const SPECIAL_V6 = ["2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"] as const;

const special = new BlockList();
for (const subnet of SPECIAL_V4) addTo(special, subnet, "ipv4");
for (const subnet of SPECIAL_V6) addTo(special, subnet, "ipv6");
const internet = new BlockList();
addTo(internet, "2000::/3", "ipv6");
const mapped = new BlockList();
addTo(mapped, "::ffff:0:0/96", "ipv6");

function addTo(list: BlockList, subnet: string, family: "ipv4" | "ipv6"): void {
  const [network = "", prefix] = subnet.split("/");
  list.addSubnet(network, Number(prefix), family);
}

/** Whether an IP address is one on the internet. An IPv4 address written as an IPv6 one is what it is. */
export function isPublicAddress(address: string): boolean {
  const plain = address.split("%")[0] ?? "";
  switch (isIP(plain)) {
    case 4:
      return !special.check(plain, "ipv4");
    case 6:
      if (special.check(plain, "ipv6")) return false; // the list sees through IPv4 written as IPv6
      return mapped.check(plain, "ipv6") || internet.check(plain, "ipv6");
    default:
      return false;
  }
}

/** What a webhook may be sent to. */
export interface TargetPolicy {
  /** Whether it may be within the own network. */
  readonly allowPrivate: boolean;
  readonly lookup: Lookup;
}

/** The URL of a target. @throws {@link EndpointTargetError} when it is none. */
export function targetUrl(target: string): URL {
  if (!URL.canParse(target))
    throw new EndpointTargetError("must be a URL, as in https://example.com/alerts");
  const url = new URL(target);
  if (url.protocol !== "https:" && url.protocol !== "http:") {
    throw new EndpointTargetError("must begin with https:// or http://");
  }
  if (url.username !== "" || url.password !== "") {
    throw new EndpointTargetError(
      "must not hold a user or a password; check the signature instead",
    );
  }
  return url;
}

/**
 * The addresses of a host, all of them allowed. One that is not is enough to refuse: which of them a connection
 * takes is chance.
 *
 * @throws {@link EndpointTargetError} when one is not.
 */
export async function allowedAddresses(
  hostname: string,
  { allowPrivate, lookup }: TargetPolicy,
): Promise<readonly string[]> {
  const literal = hostname.replace(/^\[|\]$/g, "");
  const addresses = isIP(literal) === 0 ? await lookup(literal) : [literal];
  if (!allowPrivate && !addresses.every(isPublicAddress)) {
    throw new EndpointTargetError("must be an address on the internet, not one of an own network");
  }
  return addresses;
}
