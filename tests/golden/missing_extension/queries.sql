-- name: search
SELECT id FROM post WHERE name ILIKE '%' || $1 || '%';
