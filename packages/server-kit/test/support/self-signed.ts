/**
 * A certificate for localhost that nobody has signed but itself, good for a hundred years, and its key. They are
 * public and protect nothing: tests use them to speak TLS to themselves. Made with
 * `openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 36500 -subj /CN=localhost`.
 */
export const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBmzCCAUGgAwIBAgIUDPnL5s2730pWNtdHGZjkawi1J44wCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMTAxMTcyN1oYDzIxMjYxMDI4
MDExNzI3WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAARatNXw0gbEJckdWHoAZQQ9/sQRZdY4sskWRFRiIZriut6OFbhGbKSy
3u8KisbEocrPZzzLSLqgQrF1pNlbh3U1o28wbTAdBgNVHQ4EFgQUv+QoTYwVDDZP
q+su5duMxk3cmuowHwYDVR0jBBgwFoAUv+QoTYwVDDZPq+su5duMxk3cmuowDwYD
VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI
zj0EAwIDSAAwRQIhAN0buWr1aackrOPQWCRLKQbrhw+XUE140saYvZesjNRSAiAx
HLrE35ANrhHJ6GQotK0Sbl2Wrop+4iTT9itqIPsfyg==
-----END CERTIFICATE-----`;

/** The key of {@link CERTIFICATE}. */
export const PRIVATE_KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg2lj3Tm5j6ErwjN26
2AtIahoZTsyUG77Rew0dllkTX0KhRANCAARatNXw0gbEJckdWHoAZQQ9/sQRZdY4
sskWRFRiIZriut6OFbhGbKSy3u8KisbEocrPZzzLSLqgQrF1pNlbh3U1
-----END PRIVATE KEY-----`;
