// Roles: the higher one of that on the server and that in a room counts.

const RANKS = ["guest", "member", "moderator", "owner", "admin"];

const rank = (role) => RANKS.indexOf(role ?? "guest");

// Return whether a role is one that may do what `needed` may do.
export const isAtLeast = (role, needed) => rank(role) >= rank(needed);

// Return the role of the user in `room`, where that on the server is `role`. Nobody has one
// in a direct room.
export function roleIn(room, role) {
  if (room.isDirect) return null;
  return rank(room.role) > rank(role) ? room.role : role;
}
