"""Moments that a field holds, in a column of text."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator


class MomentText(TypeDecorator[datetime]):
    """A moment as ISO 8601 text, which sorts as it passes."""

    impl = sa.String
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        return value.isoformat(" ") if isinstance(value, datetime) else value

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        return None if value is None else datetime.fromisoformat(value)
