"""Many rows in one statement: inserted, or updated where they are there already."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache, partial
from itertools import chain
from operator import itemgetter
from typing import Any

from django.db import connection, models

# In one statement: SQLite takes up to 32,766, PostgreSQL 65,535.
_PARAMETERS = 15_000


def bulk_upsert(
    model: type[models.Model],
    rows: Sequence[dict[str, Any]],
    *,
    unique: list[str],
    update: list[str],
) -> None:
    """Insert or update `rows`, given as values by column; all of them name the same columns.

    `bulk_create` does the same at a fraction of the pace: it makes an object of every row and
    asks every field of it how its value is to be stored. And while one long statement runs, the
    readers have the interpreter to themselves; `executemany` would wait for them at every row.
    """
    if not rows:
        return
    quote = connection.ops.quote_name
    columns = [column.attname for column in _columns(model)]
    insert = (
        f"INSERT INTO {quote(model._meta.db_table)} "  # noqa: S608  names of our own models
        f"({', '.join(map(quote, columns))}) VALUES "
    )
    one_row = f"({', '.join(['%s'] * len(columns))})"
    on_conflict = (
        f" ON CONFLICT ({', '.join(map(quote, unique))}) DO UPDATE SET "
        f"{', '.join(f'{quote(name)} = excluded.{quote(name)}' for name in update)}"
    )
    stored = _adapted(model, rows)
    in_order = itemgetter(*columns)
    at_once = _PARAMETERS // len(columns)
    with connection.cursor() as cursor:
        for start in range(0, len(stored), at_once):
            part = stored[start : start + at_once]
            statement = insert + ", ".join([one_row] * len(part)) + on_conflict
            cursor.execute(statement, list(chain.from_iterable(map(in_order, part))))


def _columns(model: type[models.Model]) -> list[models.Field[Any, Any]]:
    return [column for column in model._meta.concrete_fields if not column.primary_key]


def _adapted(model: type[models.Model], rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return `rows` as the database stores them; columns that they lack get their defaults."""
    blank = model()
    defaults: dict[str, Any] = {}
    adapters: dict[str, Callable[[Any], Any]] = {}
    for column in _columns(model):
        if column.attname not in rows[0]:
            value = getattr(blank, column.attname)
            defaults[column.attname] = column.get_db_prep_save(value, connection)
        elif adapt := _adapter(column):
            adapters[column.attname] = adapt
    stored = [defaults | row for row in rows]
    for name, adapt in adapters.items():
        for values in stored:
            if values[name] is not None:
                values[name] = adapt(values[name])
    return stored


def _adapter(column: models.Field[Any, Any]) -> Callable[[Any], Any] | None:
    """Return what makes a value of `column` one of the database, where they differ."""
    if isinstance(column, models.DateTimeField):
        # Several files of a run bear the same time.
        return cache(connection.ops.adapt_datetimefield_value)
    if isinstance(column, models.DateField):
        return connection.ops.adapt_datefield_value
    if isinstance(column, models.JSONField):
        return partial(connection.ops.adapt_json_value, encoder=None)
    return None
