import Google, { type GoogleProfile } from "@auth/core/providers/google";

export const google = Google({ profile: profileOf });

/**
 * What is taken over from Google. Google answers for addresses that it hosts itself, its own and
 * those of Workspace; of any other it only knows that it was once confirmed.
 */
export function profileOf(profile: GoogleProfile) {
  const hosted = profile.hd !== undefined || profile.email.endsWith("@gmail.com");
  return {
    id: profile.sub,
    name: profile.name,
    email: profile.email,
    image: profile.picture,
    emailVerified: profile.email_verified && hosted,
  };
}
