-- name: search
SELECT id, title FROM post WHERE title ILIKE '%' || $1 || '%' OR body ILIKE '%' || $1 || '%';
-- name: authors
SELECT id FROM author WHERE name LIKE $1;
