/** Where a sign-in may end: a code that is sent anywhere else signs somebody else in. */
export async function checkedRedirect({ redirectTo }: { redirectTo: string }): Promise<string> {
  const allowed = (process.env.REDIRECTS ?? "").split(",").map((each: string) => each.trim());
  if (redirectTo === "" || !allowed.includes(redirectTo)) {
    throw new Error("REDIRECTS does not name the address that this sign-in is to end at.");
  }
  return redirectTo;
}
