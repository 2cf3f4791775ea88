-- name: notes_of_owner
SELECT id, body FROM notes WHERE owner_id = :user_id ORDER BY id DESC LIMIT 50;
