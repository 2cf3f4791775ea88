"""blueproof mcp: serve coding agents over the Model Context Protocol."""

import click

from blueproof.core.errors import EngineError


@click.command()
def command() -> None:
    """Serve the tools consult and show_proof on standard input and output, for a coding agent."""
    try:
        from blueproof.mcp import make_server
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "mcp":
            raise
        raise EngineError(
            "the MCP server needs the extra mcp (version 2): run pip install 'blueproof[mcp]' "
            "or blueproof doctor --install mcp"
        ) from None
    make_server().run("stdio")
