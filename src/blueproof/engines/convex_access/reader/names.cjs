// What names of fields, arguments and tables mean to people who write back ends.
const OWNER = /^(?:user|owner|author|creator|sender|poster|writer|customer|player|uploader)(?:_?(?:id|name))?$|^(?:created|posted|owned|uploaded|sent|written)_?by(?:_?id)?$|^from$|^(?:tokenIdentifier|token_identifier|clerkId|authId|externalId|userToken)$/i;
const ROLE = /^(?:role|roles|admin|is_?admin|is_?moderator|is_?staff|is_?owner|is_?super_?(?:admin|user)|superuser|manager|is_?manager|permissions?|scopes?|plan|tier|subscription(?:tier|plan|status)?|credits?|balance|email_?verified|is_?verified|is_?premium|is_?pro)$/i;
const ID_LIKE = /id$|ids$|^(?:user|users|owner|owners|author|creator|member|members|sender|subject|email|tokenIdentifier|token|org|organi[sz]ation|team|tenant|workspace|company|account|uid|by|participants?|from|issuer|blocked)$|by$|user$|emails$|admins$/i;
const USER_TABLE = /^(?:users?|profiles?|accounts?|people|persons?|players?|members?|customers?)$/i;
const MEMBERSHIP = /member|participant|access|permission|role|collaborat|inbox|enrol|team_?user|user_?team|room_?user|user_?room|roster|seat|join|grant/i;
const SHOWN = new Set(["_id", "name", "username", "handle", "displayName", "image", "avatar", "avatarUrl", "picture", "pictureUrl", "imageUrl", "color", "initials", "profileImage", "_creationTime", "firstName", "bio", "slug"]);
const CAPABILITY = /session|token|code|secret|key|hash|nonce|password|invite/i;
const VERIFIES = /^(?:verify\w*|constructEvent(?:Async)?|timingSafeEqual|validate\w*(?:signature|webhook|request|secret)\w*|unwrap)$/i;
const IDENTITY = new Map([
  ["getUserIdentity", false], ["getAuthUserId", false], ["getAuthSessionId", false],
  ["getAuthUser", true], ["safeGetAuthUser", false], ["getUserId", false],
]);

module.exports = { OWNER, ROLE, ID_LIKE, USER_TABLE, MEMBERSHIP, SHOWN, CAPABILITY, VERIFIES, IDENTITY };
