"""Copies of a tree to be changed: made fast, and made seldom.

Most of those who look for something to change find nothing. So a copy that is given back serves
the next, once it is seen that nothing in it was touched.
"""

from collections.abc import Iterator, Sequence
from itertools import chain
from operator import attrgetter, is_
from typing import TypeVar

from sqlglot import exp

# What a node is made of; its property `meta` would make an empty one where there is none.
_ARGS, _PARENT, _COMMENTS = attrgetter("args"), attrgetter("parent"), attrgetter("comments")
_PLACE, _REMARKS = attrgetter("arg_key", "index"), attrgetter("_meta")
_HASHED = "_hash"  # kept by a node until it is changed
_HASH = attrgetter(_HASHED)
_Tree = TypeVar("_Tree", bound=exp.Expr)


class Copies:
    """Copies of one tree, lent and given back."""

    def __init__(self, tree: exp.Query) -> None:
        self._tree = tree
        self._spare: list[_Copy] = []
        self._lent: dict[int, _Copy] = {}

    def borrow(self) -> exp.Query:
        """A copy to be changed at will; of one that is given back nothing may be kept."""
        copy = self._spare.pop() if self._spare else _Copy(copied(self._tree))
        self._lent[id(copy.tree)] = copy
        return copy.tree

    def give_back(self, tree: exp.Query) -> None:
        """Lend the copy again, unless anything in it is changed."""
        copy = self._lent.pop(id(tree))
        if copy.is_whole():
            self._spare.append(copy)

    def renew(self, tree: exp.Query) -> exp.Query:
        """The lent copy for the same borrower once more, or a new one if it has been changed.

        Only by the tree's own ways to change a node, which is seen at once: whoever changes it
        otherwise is met by that himself, and by nobody after him.
        """
        if self._lent[id(tree)].is_untouched():
            return tree
        self.give_back(tree)
        return self.borrow()


class _Copy:
    """A copy with what its nodes were when it was made, in lists that are quickly compared.

    A node's own ways to be changed (set, replace, pop, append) forget the hash of each node above
    it. So as long as the top has one, only what goes past those has to be looked at.
    """

    def __init__(self, tree: exp.Query) -> None:
        self.tree = tree
        self._nodes = list(tree.walk())
        self._lists = [v for n in self._nodes for v in n.args.values() if isinstance(v, list)]
        self._beside, self._remarks = self._unseen()
        self._objects, self._values = self._now()
        hash(tree)

    def is_untouched(self) -> bool:
        """Whether no node was changed by its own ways to be changed."""
        return _HASH(self.tree) is not None

    def is_whole(self) -> bool:
        """Whether each node has the very parts that it had, under the same names and remarks.

        The loops are the interpreter's own: a look at a tree is mostly followed by this.
        """
        beside, remarks = self._unseen()
        if remarks != self._remarks or not _same(beside, self._beside):
            return False
        if self.is_untouched():
            return True
        objects, values = self._now()
        whole = values == self._values and _same(objects, self._objects)
        hash(self.tree)
        return whole

    def _unseen(self) -> tuple[list[object], list[object]]:
        """What can be given to a node without its being asked."""
        nodes = self._nodes
        objects = [*map(_PARENT, nodes), *chain.from_iterable(self._lists)]
        remarks: list[object] = [*map(len, self._lists)]
        remarks += [tuple(each) for each in map(_COMMENTS, nodes) if each]
        remarks += [tuple(each.items()) for each in map(_REMARKS, nodes) if each]
        return objects, remarks

    def _now(self) -> tuple[list[object], list[object]]:
        """What the nodes hold, and where each stands."""
        nodes = self._nodes
        args = list(map(_ARGS, nodes))
        objects: list[object] = [*args, *chain.from_iterable(map(dict.values, args))]
        values: list[object] = [*chain.from_iterable(args), *map(_PLACE, nodes)]
        return objects, values


def _same(now: Sequence[object], was: Sequence[object]) -> bool:
    return len(now) == len(was) and all(map(is_, now, was))


def copied(tree: _Tree) -> _Tree:
    """A copy, as the tree's own copy() makes, in half the time.

    Without the types that sqlglot's optimizer would note at a node: here nobody asks it.
    """
    root = type(tree)()
    hashed = _HASH(tree) is not None
    for old, new in _begun(tree, root):
        if old.comments is not None:
            new.comments = [*old.comments]
        remarks = _REMARKS(old)
        if remarks:
            new.meta.update(remarks)
        if hashed:
            setattr(new, _HASHED, _HASH(old))
    return root


def _begun(tree: exp.Expr, root: exp.Expr) -> Iterator[tuple[exp.Expr, exp.Expr]]:
    """Each node of the tree with the one that stands in its place, its parts put in."""
    waiting = [(tree, root)]
    while waiting:
        old, new = waiting.pop()
        for key, value in old.args.items():
            if isinstance(value, list):
                items: list[object] = []
                for at, item in enumerate(value):
                    if isinstance(item, exp.Expr):
                        part = type(item)()
                        part.parent, part.arg_key, part.index = new, key, at
                        waiting.append((item, part))
                        items.append(part)
                    else:
                        items.append(item)
                new.args[key] = items
            elif isinstance(value, exp.Expr):
                part = type(value)()
                part.parent, part.arg_key = new, key
                waiting.append((value, part))
                new.args[key] = part
            else:
                new.args[key] = value
        yield old, new
