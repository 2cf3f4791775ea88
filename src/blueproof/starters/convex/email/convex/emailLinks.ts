import { invalidateSessions, modifyAccountCredentials } from "@convex-dev/auth/server";
import { ConvexError } from "convex/values";

import { internal } from "./_generated/api";
import { httpAction, type ActionCtx } from "./_generated/server";
import { hashOf, looksLikeCode, type Purpose } from "./model/emailCodes";
import { page } from "./model/pages";
import { checkPassword } from "./model/password";

/** The link itself changes nothing: programs that look into mails follow it before the person does. */
export const askToVerify = httpAction(async (_ctx, request) => {
  const code = new URL(request.url).searchParams.get("code");
  if (!looksLikeCode(code)) return invalid();
  return page("Confirm your address", form("verify", code, "", "Confirm"));
});

export const verify = httpAction(async (ctx, request) => {
  const taken = await take(ctx, "verify", (await fields(request)).get("code"));
  if (taken === null) return invalid();
  return page("Thank you", "<p>Your address is confirmed. You can go back to the app.</p>");
});

export const askForPassword = httpAction(async (_ctx, request) => {
  const code = new URL(request.url).searchParams.get("code");
  if (!looksLikeCode(code)) return invalid();
  return page("Set a new password", passwordForm(code));
});

/** A new password ends every session: whoever knew the old one is out. */
export const setPassword = httpAction(async (ctx, request) => {
  const sent = await fields(request);
  const [code, secret] = [sent.get("code"), String(sent.get("password"))];
  const fault = faultOf(secret);
  if (fault !== null && looksLikeCode(code)) {
    return page("Set a new password", `<p>${fault}</p>${passwordForm(code)}`, 400);
  }
  const taken = await take(ctx, "reset", code);
  if (taken === null) return invalid();
  const account = { id: taken.email, secret };
  await modifyAccountCredentials(ctx, { provider: "password", account });
  await invalidateSessions(ctx, { userId: taken.userId });
  return page("Thank you", "<p>Your password is set. You can go back to the app and sign in.</p>");
});

async function fields(request: Request): Promise<URLSearchParams> {
  return new URLSearchParams(await request.text());
}

async function take(ctx: ActionCtx, purpose: Purpose, code: unknown) {
  if (!looksLikeCode(code)) return null;
  return await ctx.runMutation(internal.email.takeCode, { purpose, hash: await hashOf(code) });
}

function faultOf(secret: string): string | null {
  try {
    checkPassword(secret);
    return null;
  } catch (error) {
    if (error instanceof ConvexError) return String(error.data);
    throw error;
  }
}

function passwordForm(code: string): string {
  const field =
    `<label>New password<input name="password" type="password" required minlength="8" ` +
    `maxlength="128" autocomplete="new-password"></label>`;
  return form("reset", code, field, "Set the password");
}

function form(action: Purpose, code: string, fields: string, button: string): string {
  return (
    `<form method="post" action="/${action}"><input type="hidden" name="code" value="${code}">` +
    `${fields}<button>${button}</button></form>`
  );
}

function invalid(): Response {
  return page(
    "This link is not valid",
    "<p>It was used, or it is too old. Please ask for a new one.</p>",
    400,
  );
}
