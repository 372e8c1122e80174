import { describe, expect, it } from "vitest";
import { allowedAddresses, isPublicAddress, targetUrl } from "./address.js";

describe("isPublicAddress", () => {
  it.each([
    "0.0.0.0",
    "10.1.2.3",
    "100.64.0.1",
    "100.100.100.200", // metadata of Alibaba Cloud
    "127.0.0.1",
    "127.255.255.254",
    "168.63.129.16", // inner services of Azure
    "169.254.169.254", // metadata of most clouds
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.192", // metadata of Oracle Cloud
    "192.0.2.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.51.100.7",
    "203.0.113.9",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:7f00:1",
    "::ffff:10.0.0.1",
    "::ffff:a9fe:a9fe",
    "0:0:0:0:0:ffff:192.168.0.1",
    "64:ff9b::7f00:1", // NAT64
    "64:ff9b:1::1",
    "100::1",
    "2001::1", // Teredo
    "2001:db8::1",
    "2002:7f00:1::", // 6to4
    "3fff::1",
    "5f00::1",
    "fc00::1",
    "fd00:ec2::254", // metadata of AWS
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "not an address",
    "",
  ])("refuses %s", (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });

  it.each([
    "1.1.1.1",
    "8.8.8.8",
    "93.184.216.34",
    "100.63.255.255",
    "100.128.0.0",
    "172.15.255.255",
    "172.32.0.0",
    "192.167.255.255",
    "223.255.255.255",
    "::ffff:8.8.8.8",
    "2606:4700:4700::1111",
    "2a00:1450:4001:80b::200e",
  ])("allows %s", (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });
});

describe("a target", () => {
  it.each([
    "",
    "example.com",
    "ftp://example.com",
    "javascript:alert(1)",
    "https://u:p@example.com",
  ])("is not %s", (target) => {
    expect(() => targetUrl(target)).toThrow(/^target: must/);
  });

  const policy = { allowPrivate: false, lookup: async () => ["1.1.1.1"] };
  it.each([
    "http://127.0.0.1/",
    "http://2130706433/",
    "http://0x7f.1/",
    "http://0177.0.0.1/",
    "http://127.1/",
    "http://[::1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:7f00:1]/",
    "http://169.254.169.254/latest/meta-data",
    "http://１２７.0.0.1/",
  ])("must not be %s, however it is written", async (target) => {
    await expect(allowedAddresses(targetUrl(target).hostname, policy)).rejects.toThrow(/internet/);
  });

  it("is refused when one of the addresses of its name is", async () => {
    const lookup = async () => ["1.1.1.1", "10.0.0.1"];
    await expect(allowedAddresses("example.com", { ...policy, lookup })).rejects.toThrow(
      /internet/,
    );
    expect(await allowedAddresses("example.com", { allowPrivate: true, lookup })).toEqual([
      "1.1.1.1",
      "10.0.0.1",
    ]);
  });
});
