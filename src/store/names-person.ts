/**
 * SQL: whether the room of that column names the person of the first parameter, because it holds nobody else than them and
 * the bot, or is an invitation of theirs that came to nothing.
 */
export function namesPerson(room: string): string {
  return `(
    (EXISTS (SELECT 1 FROM member WHERE member.room = ${room} AND member.user = ?1)
      OR EXISTS (SELECT 1 FROM room WHERE room.id = ${room} AND room.inviter = ?1))
    AND (SELECT count(*) FROM member WHERE member.room = ${room} AND member.membership IN ('join', 'invite')) <= 2
  )`;
}
