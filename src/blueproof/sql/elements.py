"""The elements of arrays that a query gives out as rows, by FROM unnest(tags)."""

from collections.abc import Iterator

from sqlglot import exp

from blueproof.sql.trees import read_part

# Another one in each row, and always the same.
_ELEMENT = "(SELECT v FROM unnest({array}) AS v ORDER BY md5(concat(v, {alias}.ctid)) LIMIT 1)"


def elements(tree: exp.Expr) -> Iterator[tuple[tuple[str, str], exp.Column]]:
    """By the names that an element goes by, alone ("", name) and with its alias: the array."""
    for unnest in tree.find_all(exp.Unnest):
        holder = unnest.parent if isinstance(unnest.parent, exp.Lateral) else unnest
        alias = holder.args.get("alias") or exp.TableAlias(this=exp.to_identifier("unnest"))
        match unnest.expressions:
            case [exp.Column() as array]:
                name = alias.columns[0].name if alias.columns else alias.name
                yield from ((("", name), array), ((alias.name, name), array))


def element_of(array: exp.Column) -> exp.Expr:
    """One element of an array, a column with its table's alias.

    >>> from blueproof.sql.trees import brief
    >>> brief(element_of(read_part("t.tags")))[:37]
    '(SELECT v FROM UNNEST(t.tags) AS v OR'
    """
    place = array.args["table"].sql("postgres")
    return read_part(_ELEMENT.format(array=array.sql("postgres"), alias=place))
