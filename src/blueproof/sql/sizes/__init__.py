"""How large an index will be: pages and height, from a schema and the statistics of its columns.

`pieces` says which values a column holds and how wide they are, `combining` which keys follow from
several columns, `btree` and its neighbours what the access methods make of them.
"""
