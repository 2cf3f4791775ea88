import { describe, expect, test } from "vitest";

import { api, internal } from "../_generated/api";
import { arrive, firstPage } from "./backend.setup";
import { read, say, talk } from "./talk.setup";

async function court() {
  const found = await talk();
  const admin = await arrive(found.t, "Ada", { role: "admin" });
  const moderator = await arrive(found.t, "Mo", { role: "moderator" });
  const messageId = await say(found.bob, found.conversationId, "Spam");
  await found.ann.as.mutation(api.safety.report, { messageId, reason: "Ads" });
  const page = await moderator.as.query(api.roles.reports, { paginationOpts: firstPage });
  const reportId = await found.t.run(async (ctx) => (await ctx.db.query("reports").first())!._id);
  return { ...found, admin, moderator, messageId, page: page.page, reportId };
}

describe("a role", () => {
  test("is a member's until an admin gives another, and works at once", async () => {
    const { ann, admin } = await court();
    expect(await ann.as.query(api.roles.mine, {})).toBe("member");
    await admin.as.mutation(api.roles.grant, { personId: ann.id, role: "moderator" });
    expect(await ann.as.query(api.roles.mine, {})).toBe("moderator");
    await ann.as.query(api.roles.reports, { paginationOpts: firstPage });
    await admin.as.mutation(api.roles.grant, { personId: ann.id, role: "member" });
    const after = ann.as.query(api.roles.reports, { paginationOpts: firstPage });
    await expect(after).rejects.toThrow("may not");
  });

  test("is given by nobody to themselves: no member, no moderator, nobody signed in", async () => {
    const { t, ann, moderator } = await court();
    for (const who of [ann, moderator]) {
      const granted = who.as.mutation(api.roles.grant, { personId: who.id, role: "admin" });
      await expect(granted).rejects.toThrow("may not");
    }
    await expect(t.mutation(api.roles.grant, { personId: ann.id, role: "admin" })).rejects.toThrow(
      "sign in",
    );
  });

  test("of the last admin stays", async () => {
    const { ann, admin } = await court();
    const resign = () => admin.as.mutation(api.roles.grant, { personId: admin.id, role: "member" });
    await expect(resign()).rejects.toThrow("another one first");
    await admin.as.mutation(api.roles.grant, { personId: ann.id, role: "admin" });
    await resign();
    expect(await admin.as.query(api.roles.mine, {})).toBe("member");
  });

  test("of the first admin comes from the command line, for a proven address", async () => {
    const { t, ann, bob } = await court();
    await t.mutation(internal.roles.appoint, { email: "Ann@example.com" });
    expect(await ann.as.query(api.roles.mine, {})).toBe("admin");
    await t.run((ctx) => ctx.db.patch(bob.id, { emailVerificationTime: undefined }));
    await expect(t.mutation(internal.roles.appoint, { email: "bob@example.com" })).rejects.toThrow(
      "proven",
    );
  });
});

describe("reports", () => {
  test("are seen and resolved by moderators, who read nothing else", async () => {
    const { moderator, conversationId, page } = await court();
    expect(page).toMatchObject([{ text: "Spam", reason: "Ads" }]);
    await expect(read(moderator, conversationId)).rejects.toThrow("no such conversation");
  });

  test("are neither seen nor resolved by members and nobody signed in", async () => {
    const { t, ann, bob, reportId } = await court();
    for (const { as } of [ann, bob]) {
      await expect(as.query(api.roles.reports, { paginationOpts: firstPage })).rejects.toThrow(
        "may not",
      );
      await expect(as.mutation(api.roles.resolve, { reportId, remove: true })).rejects.toThrow(
        "may not",
      );
    }
    await expect(t.query(api.roles.reports, { paginationOpts: firstPage })).rejects.toThrow(
      "sign in",
    );
    await expect(t.mutation(api.roles.resolve, { reportId, remove: true })).rejects.toThrow(
      "sign in",
    );
    await expect(t.query(api.roles.mine, {})).rejects.toThrow("sign in");
  });

  test("end with the message kept or taken away, once, and it is noted by whom", async () => {
    const { t, ann, moderator, conversationId, reportId } = await court();
    await moderator.as.mutation(api.roles.resolve, { reportId, remove: true });
    await moderator.as.mutation(api.roles.resolve, { reportId, remove: true });
    expect((await read(ann, conversationId)).page).toMatchObject([{ text: "", deleted: true }]);
    const left = await moderator.as.query(api.roles.reports, { paginationOpts: firstPage });
    expect(left.page).toEqual([]);
    const decisions = await t.run((ctx) => ctx.db.query("decisions").take(5));
    expect(decisions).toMatchObject([
      { by: moderator.id, what: "report: removed", subject: reportId },
    ]);
  });

  test("may leave the message as it is", async () => {
    const { ann, moderator, conversationId, reportId } = await court();
    await moderator.as.mutation(api.roles.resolve, { reportId, remove: false });
    expect((await read(ann, conversationId)).page).toMatchObject([
      { text: "Spam", deleted: false },
    ]);
  });
});
