"""`xirang pack list`: what is installed and where it is active, by one statement, without loading Django for it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator

import psycopg

from xirang.foundation.terminal import choose

# Whoever runs a command on this machine is the system itself and sees every area. The newest version of a pack first.
INSTALLED = """
    select version.pack, version.version, left(version.version_hash, 12), version.title_zh,
           coalesce(string_agg(area.name, '、' order by area.code), '')
    from packs_packversion version
    left join packs_packactivation activation on activation.version_id = version.id and activation.active_to is null
    left join areas_area area on area.id = activation.area_id
    where version.removed_at is null
    group by version.id
    order by version.pack, version.installed_at desc
"""
Row = tuple[str, str, str, str, str]


def run() -> int:
    """Print one line per installed version; DATABASE_URL names the database, as for every subcommand that needs it."""
    with psycopg.connect(os.environ["DATABASE_URL"], connect_timeout=10) as connection:
        for line in lines(connection.execute(INSTALLED)):
            print(line)
    return 0


def lines(rows: Iterable[Row]) -> Iterator[str]:
    """How the rows of INSTALLED are shown."""
    for pack, version, digits, title, areas in rows:
        yield f"{pack}  {version}  {digits}  {title}  {areas or choose('未启用', 'not active')}"
