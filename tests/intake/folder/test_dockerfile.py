"""What a Dockerfile holds that hurts in production, and what is as it should be."""

import pytest

from blueproof.intake.folder.docker import read_dockerfile
from blueproof.intake.folder.found import Found, Text

GOOD = (
    "FROM node:24-slim\nWORKDIR /app\nCOPY package*.json ./\nRUN npm ci --omit=dev\nCOPY . .\n"
    "ENV NODE_ENV=production API_URL=https://x\nARG NPM_TOKEN\nENV DB_PASSWORD=$DB_PASSWORD\n"
    'USER node\nCMD ["node", "server.js"]\n'
)


def faults(text: str) -> list[tuple[str, int]]:
    found = read_dockerfile(Text(path="Dockerfile", text=text))
    return [
        (str(f.value), f.line)
        for f in found
        if isinstance(f, Found) and f.key == "service.image-fault"
    ]


def test_a_sound_one_has_no_faults() -> None:
    assert faults(GOOD) == []


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("ENV NODE_ENV=production", "ENV DB=postgres://a:hunter2@db/x", ("secret DB", 6)),
        ("ARG NPM_TOKEN", "ENV STRIPE_SECRET_KEY sk_live_x", ("secret STRIPE_SECRET_KEY", 7)),
        ('CMD ["node", "server.js"]', "CMD node server.js", ("signals", 10)),
        ('CMD ["node", "server.js"]', 'CMD ["npm", "start"]', ("signals", 10)),
        ("npm ci --omit=dev", "npm install", ("no-lock", 4)),
        ("USER node\n", "", ("root", 1)),
    ],
)  # fmt: skip
def test_each_fault_is_found_where_it_stands(old: str, new: str, fault: tuple[str, int]) -> None:
    assert old in GOOD
    assert faults(GOOD.replace(old, new)) == [fault]


def test_packages_installed_after_all_is_copied_are_installed_at_each_change() -> None:
    text = 'FROM node:20\nCOPY . .\nRUN npm install\nUSER node\nCMD ["node", "a.js"]\n'
    assert faults(text) == [("no-lock", 3), ("no-cache", 2)]


def test_a_global_tool_is_no_install_of_the_service() -> None:
    text = GOOD.replace("WORKDIR /app", "WORKDIR /app\nRUN npm install -g pm2")
    assert faults(text) == []


def test_the_command_of_a_health_check_starts_no_service() -> None:
    check = "HEALTHCHECK --interval=30s \\\n  CMD wget -qO- http://localhost/ || exit 1\nUSER node"
    assert faults(GOOD.replace("USER node", check)) == []
