"""python -m blueproof."""

from blueproof.cli import main

if __name__ == "__main__":
    main()
