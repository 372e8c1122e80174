import { expect, test } from "vitest";
import { ApiError } from "./http.js";
import { createSessionKeeper } from "./session.js";

function setUp() {
  let time = 0;
  let signIns = 0;
  const keeper = createSessionKeeper(
    async () => {
      signIns += 1;
      return { token: `t${signIns}`, userId: "demo", expiresAt: time + 60_000 };
    },
    () => time,
  );
  return {
    keeper,
    advance: (ms: number) => {
      time += ms;
    },
    signIns: () => signIns,
  };
}

test("a token is used until shortly before it ends", async () => {
  const { keeper, advance } = setUp();
  expect((await keeper.current()).token).toBe("t1");
  advance(45_000);
  expect((await keeper.current()).token).toBe("t1");
  advance(10_000);
  expect((await keeper.current()).token).toBe("t2");
});

test("requests that need a token at once share one sign-in", async () => {
  const { keeper, signIns } = setUp();
  await Promise.all([keeper.current(), keeper.renew(), keeper.current()]);
  expect(signIns()).toBe(1);
});

test("a token the server no longer knows is replaced and the request repeated once", async () => {
  const { keeper } = setUp();
  const seen: string[] = [];
  const result = await keeper.withToken(async (token) => {
    seen.push(token);
    if (token === "t1") throw new ApiError("no", 401, "unauthenticated");
    return "done";
  });
  expect([result, seen]).toEqual(["done", ["t1", "t2"]]);
});

test("a refusal for another reason is not repeated", async () => {
  const { keeper, signIns } = setUp();
  const refused = keeper.withToken(async () => {
    throw new ApiError("no", 422, "invalid");
  });
  await expect(refused).rejects.toMatchObject({ status: 422 });
  expect(signIns()).toBe(1);
});
