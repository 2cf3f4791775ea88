"""Everything that lies in the output folder, as text by path."""

import hashlib
import json
from typing import Any

from blueproof.core.blueprint import SHAPE_VERSION, Blueprint, Digest, Entry, Ledger
from blueproof.core.codec import encode
from blueproof.render.blocks import Page, Picture
from blueproof.render.brief_file import render_brief
from blueproof.render.decision import decision_page
from blueproof.render.html import render_html
from blueproof.render.markdown import render_markdown
from blueproof.render.page import page


def render_files(blueprint: Blueprint) -> dict[str, str]:
    """The files of a blueprint by their path; only proofs.json holds anything that varies."""
    report = page(blueprint)
    files = {
        **{a.path: a.text for a in blueprint.artifacts if a.text},
        **_pictures(report),
        "report.md": render_markdown(report),
        "report.html": render_html(report),
        "decision.md": render_markdown(decision_page(blueprint)),
        "brief.yaml": render_brief(blueprint),
        "blueprint.json": render_json(blueprint),
    }
    return {**files, "proofs.json": _ledger(blueprint, files)}


def _pictures(report: Page) -> dict[str, str]:
    blocks = (block for section in report.sections for block in section.blocks)
    return {block.path: block.svg for block in blocks if isinstance(block, Picture)}


def render_json(blueprint: Blueprint) -> str:
    """The blueprint as JSON, in the documented shape."""
    return json.dumps(_slim(encode(blueprint)), indent=2, ensure_ascii=False) + "\n"


def _ledger(blueprint: Blueprint, files: dict[str, str]) -> str:
    """The ledger of proofs, with the digest of every other file."""
    digests = tuple(
        Digest(path=path, sha256=hashlib.sha256(text.encode()).hexdigest())
        for path, text in sorted(files.items())
    )
    ledger = Ledger(
        files=digests,
        shape=SHAPE_VERSION,
        scene=blueprint.scenes[0] if blueprint.scenes else None,
        entries=tuple(Entry(proof=p, seconds=round(p.seconds, 3)) for p in blueprint.proofs),
    )
    return json.dumps(_slim(encode(ledger)), indent=1, ensure_ascii=False) + "\n"


def _slim(encoded: Any) -> Any:
    """The JSON without the text of collected statistics: it may be large, and lies in the folder.

    Whoever reads the folder back takes every text from its file.
    """
    for scene in (*encoded.get("scenes", ()), encoded.get("scene")):
        if scene and scene["statistics"]["path"].endswith(".sql"):
            scene["statistics"]["text"] = ""
    return encoded
