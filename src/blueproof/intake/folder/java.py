"""Java: what Gradle or Maven builds, and what the settings of Spring Boot say."""

import re
from collections.abc import Iterator

from blueproof.intake.folder.found import Finding, Found, Text, technology

_LINE = (
    re.compile(r"languageVersion\s*(?:=|\.set\()\s*(?:JavaLanguageVersion\.of\()?\s*[\"']?(\d+)"),
    re.compile(r"(?:sourceCompatibility|targetCompatibility)\s*=?\s*(?:JavaVersion\.VERSION_)?"
               r"[\"']?(?:1[._])?(\d+)"),
    re.compile(r"jvmToolchain\((\d+)\)"),
    re.compile(r"<(?:java\.version|maven\.compiler\.release|maven\.compiler\.source)>(?:1\.)?(\d+)"),
)  # fmt: skip
_NAMED = (
    ("spring-boot", re.compile(r"org\.springframework\.boot|spring-boot-starter")),
    ("quarkus", re.compile(r"io\.quarkus")),
    ("micronaut", re.compile(r"io\.micronaut")),
    ("postgresql", re.compile(r"org\.postgresql|<artifactId>postgresql<|r2dbc-postgresql")),
    ("flyway", re.compile(r"flyway")),
    ("liquibase", re.compile(r"liquibase")),
)
_NAME = re.compile(r"<artifactId>([\w.-]+)</artifactId>")
_ACTUATOR = re.compile(r"spring-boot-starter-actuator")
_PARENT = re.compile(r"<parent>.*?</parent>", re.DOTALL)
_PORT = re.compile(r"^(?:server:\s*\n(?:[ \t]+\S[^\n]*\n)*?[ \t]+port|server\.port)[ \t]*[:=][ \t]*"
                   r"(?:\$\{[\w.]+:)?(\d{2,5})", re.MULTILINE)  # fmt: skip
_POOL = re.compile(
    r"(?:maximum-?pool-?size|maximumPoolSize)[ \t]*[:=][ \t]*(?:\$\{[\w.]+:)?(\d{1,4})",
    re.IGNORECASE,
)


def read_build(file: Text) -> Iterator[Finding]:
    """What build.gradle or pom.xml says."""
    gradle = "gradle" in file.name
    yield Found(key="runtime", value="java", line=1)
    yield Found(key="package-manager", value="gradle" if gradle else "maven", line=1)
    test = "./gradlew test" if gradle else "./mvnw --batch-mode verify"
    yield Found(key="test-command", value=test, line=1)
    found = next((m for pattern in _LINE if (m := pattern.search(file.text))), None)
    if found:
        yield Found(key="version.java", value=found[1], line=file.line(found.start()))
    for name, pattern in _NAMED:
        said = pattern.search(file.text)
        if said:
            yield technology(name, file.line(said.start()))
    actuator = _ACTUATOR.search(file.text)
    if actuator:
        line = file.line(actuator.start())
        yield Found(key="health-route", value="/actuator/health/liveness", line=line)
    named = None if gradle else _NAME.search(_PARENT.sub("", file.text))
    if named:
        yield Found(key="service.project", value=named[1], line=file.line_with(named[0]))


def read_project(file: Text) -> Iterator[Finding]:
    """The name that settings.gradle gives the project."""
    named = re.search(r"rootProject\.name\s*=\s*[\"']([\w.-]+)", file.text)
    if named:
        yield Found(key="service.project", value=named[1], line=file.line(named.start()))


def read_settings(file: Text) -> Iterator[Finding]:
    """The port and the pool that the settings of Spring Boot set."""
    port = _PORT.search(file.text)
    if port:
        yield Found(key="port", value=float(port[1]), line=file.line(port.start(1)))
    pool = _POOL.search(file.text)
    if pool:
        yield Found(key="service.pool", value=pool[1], line=file.line(pool.start()))
