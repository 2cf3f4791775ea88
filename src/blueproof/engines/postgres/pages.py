"""Giving an empty relation the size on disk, and an empty B-tree the height, of a full one.

The planner multiplies its density by the *physical* block count, and reads a B-tree's height from
its metapage. Sparse files supply the first, a few hand-made pages the second. Page layout:
src/include/storage/bufpage.h and src/include/access/nbtree.h of PostgreSQL 18.
"""

import os
import struct
from pathlib import Path

PAGE = 8192
SEGMENT_PAGES = 131_072  # relations are split in files of 1 GiB
_SPECIAL = PAGE - 16
_VERSION = PAGE | 4
_LEAF, _ROOT = 1, 2
_TRUNCATED_PIVOT = 0x2000  # INDEX_ALT_TID_MASK: the minus-infinity item keeps no key
_META_ROOT = 24 + 8  # page header, then btm_magic and btm_version


def resize(file: Path, pages: int) -> None:
    """Make the relation exactly this many pages long, sparsely, over all its segments."""
    segment, left = 0, pages
    while True:
        part = file if segment == 0 else file.with_name(f"{file.name}.{segment}")
        if left <= 0 and segment and not part.exists():
            return
        if not part.exists():
            _create_like(file, part)
        os.truncate(part, min(left, SEGMENT_PAGES) * PAGE if left > 0 else 0)
        left -= SEGMENT_PAGES
        segment += 1


def _create_like(model: Path, part: Path) -> None:
    part.touch(mode=0o600)
    owner = model.stat()
    if os.geteuid() == 0:
        os.chown(part, owner.st_uid, owner.st_gid)


def raise_btree(file: Path, height: int, pages: int) -> None:
    """Give a freshly built empty B-tree this height and this many pages.

    The pages must never have been read by the server: it would keep the old ones in memory.
    """
    levels = list(range(height, -1, -1))
    with file.open("r+b") as index:
        for block, level in enumerate(levels, start=1):
            index.seek(block * PAGE)
            index.write(_page(level, child=block + 1, root=level == height))
        index.seek(_META_ROOT)
        index.write(struct.pack("<IIII", 1, height, 1, height))
    resize(file, max(pages, len(levels) + 1))


def _page(level: int, *, child: int, root: bool) -> bytes:
    item = b"" if level == 0 else _downlink(child)
    upper = _SPECIAL - len(item)
    pointer = b"" if level == 0 else struct.pack("<I", upper | 1 << 15 | len(item) << 17)
    head = struct.pack("<QHHHHHHI", 0, 0, 0, 24 + len(pointer), upper, _SPECIAL, _VERSION, 0)
    flags = (_LEAF if level == 0 else 0) | (_ROOT if root else 0)
    tail = struct.pack("<IIIHH", 0, 0, level, flags, 0)
    body = head + pointer
    return body + bytes(upper - len(body)) + item + tail


def _downlink(block: int) -> bytes:
    """The minus-infinity item of an inner page: a child's block number and no key."""
    return struct.pack("<HHHH", block >> 16, block & 0xFFFF, 0, 8 | _TRUNCATED_PIVOT)
