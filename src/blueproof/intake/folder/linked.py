"""What of Debian a package of Python needs: to be built, or while it runs.

The wheels of most packages bring what they are linked with; these do not.
"""

import re
from collections.abc import Iterator

from blueproof.intake.folder.found import Finding, Found, Text

# By package: what builds it, and what it needs while it runs (names of Debian 12).
_LINKED = {
    "psycopg2": ("gcc libc6-dev libpq-dev", "libpq5"),
    "mysqlclient": ("gcc libc6-dev pkg-config default-libmysqlclient-dev", "libmariadb3"),
    "ffmpeg-python": ("", "ffmpeg"),
    "pydub": ("", "ffmpeg"),
    "moviepy": ("", "ffmpeg"),
    "python-magic": ("", "libmagic1"),
    "weasyprint": ("", "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"),
    "pdf2image": ("", "poppler-utils"),
    "pytesseract": ("", "tesseract-ocr"),
    "opencv-python": ("", "libgl1 libglib2.0-0"),
    "pycairo": ("gcc libc6-dev pkg-config libcairo2-dev", "libcairo2"),
    "xmlsec": ("gcc libc6-dev pkg-config libxmlsec1-dev", "libxmlsec1-openssl"),
    "python-ldap": ("gcc libc6-dev libldap2-dev libsasl2-dev", "libldap-2.5-0 libsasl2-2"),
    "pyodbc": ("g++ unixodbc-dev", "unixodbc"),
    "gdal": ("g++ libgdal-dev", "libgdal32"),
}
_NAMED = re.compile(r"^[ \t]*[\"']?([A-Za-z][\w.-]*)", re.MULTILINE)


def read_linked(file: Text) -> Iterator[Finding]:
    """The packages of Debian that the packages a file requires need."""
    for found in _NAMED.finditer(file.text):
        name = re.sub(r"[-_.]+", "-", found[1]).lower()
        if name not in _LINKED:
            continue
        building, running = _LINKED[name]
        line = file.line(found.start(1))
        for key, names in (("service.built-with", building), ("service.runs-with", running)):
            for each in names.split():
                yield Found(key=key, value=each, line=line)
