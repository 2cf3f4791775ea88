-- name: post_by_slug
SELECT * FROM posts WHERE slug = $1;
-- name: posts_of_author
SELECT id, slug FROM posts WHERE author_id = $1 ORDER BY published_at DESC LIMIT 10;
