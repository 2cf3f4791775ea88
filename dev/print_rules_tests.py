"""Print the Firebase starter's rules-tests/*.test.ts again from the tables beside them."""

from pathlib import Path

from blueproof.starters.firebase_files.rules_tests import printed_name, rules_test

FEATURES = Path(__file__).parent.parent / "src" / "blueproof" / "starters" / "firebase"


def main() -> None:
    """Write each file of tests."""
    for table in sorted(FEATURES.glob("*/rules-tests/*.yaml")):
        text = rules_test(table.read_text(encoding="utf-8"))
        table.with_name(printed_name(table.name)).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
