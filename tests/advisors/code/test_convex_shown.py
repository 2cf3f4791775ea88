"""What one Convex function shows without a schema: rows of others, and callers named by a call."""

import pytest

from blueproof.consult import consult
from blueproof.consulting.convex_shown import changes_any_row, claimed_by_caller, function_text
from blueproof.intake.words.read import read_request

_SIGNED = (
    "const identity = await ctx.auth.getUserIdentity();\nif (!identity) throw new Error('');\n"
)


@pytest.mark.parametrize(
    ("code", "does"),
    [
        (f"{_SIGNED}await ctx.db.delete(id);", "deletes"),
        (f"{_SIGNED}await ctx.db.patch(args.postId, {{ title }});", "changes"),
        (f"{_SIGNED}if (identity.role !== 'admin') throw 1;\nawait ctx.db.delete(id);", ""),
        (f"{_SIGNED}await requireAdmin(ctx);\nawait ctx.db.delete(id);", ""),
        (f"{_SIGNED}const row = await ctx.db.get(id);\nawait ctx.db.delete(id);", ""),
        ("await ctx.db.delete(id);", ""),
        (f"{_SIGNED}await ctx.db.insert('posts', {{ title }});", ""),
    ],
)
def test_a_check_for_presence_alone_leaves_every_row_open(code: str, does: str) -> None:
    assert changes_any_row(code) == does


def test_an_owner_whom_the_caller_names_is_none() -> None:
    args = "args: { id: v.id('docs'), userId: v.string() },"
    compared = "if (doc.userId !== args.userId) throw new Error('no');"
    assert claimed_by_caller(f"{args} {compared}") == "userId"
    assert claimed_by_caller(f"{args} {_SIGNED} {compared}") == ""
    assert claimed_by_caller("if (doc.userId !== userId) throw new Error('no');") == ""


def test_a_function_ends_where_the_next_is_exported() -> None:
    assert function_text("import x\nexport const a = 1;\nexport const b = 2;\n", 2) == (
        "export const a = 1;\n"
    )


def test_anything_wrong_is_answered_with_who_gets_in_first() -> None:
    request = """convex:
```ts
export const listUsers = query({
  args: {}, handler: async (ctx) => await ctx.db.query("users").collect() });
export const deleteUser = mutation({
  args: { id: v.id("users") }, handler: async (ctx, { id }) => {
  const identity = await ctx.auth.getUserIdentity();
  if (!identity) throw new Error("not logged in");
  await ctx.db.delete(id);
}});
```
anything wrong?"""
    answer = consult(read_request(request)).answer
    assert answer.startswith("Open to strangers: 2 of 2")
    assert "signed-in user deletes any row by the mutation deleteUser" in answer
