"""python -m blueproof."""

from blueproof.cli import main

main()
