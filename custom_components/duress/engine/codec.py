"""Events to JSON and back, by the types their fields declare. What cannot be read is an error, not a guess."""

from collections.abc import Callable
from dataclasses import fields, is_dataclass
from datetime import datetime, timedelta
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, cast, get_args, get_origin, get_type_hints

from .events import Event, SiteEvent
from .upcast import upcast

_EVENT_TYPES: dict[str, Any] = {
    kind.__name__: kind for union in (Event, SiteEvent) for kind in get_args(union.__value__)
}

type Reader = Callable[[Any], Any]


class CodecError(ValueError):
    """A record is not an event of this version."""


def encode(event: Event | SiteEvent) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the event as JSON values, `{"type": name, ...fields}`, and apart from it its private fields."""
    public: dict[str, Any] = {"type": type(event).__name__}
    private: dict[str, Any] = {}
    for field in fields(event):
        part = private if field.metadata.get("private") else public
        if (value := _to_json(getattr(event, field.name))) is not None:
            part[field.name] = value
    return public, private


def decode(record: Any, version: int, private: Any = None) -> Event | SiteEvent:
    """Return the event that `encode` made the record of; without its private fields where they are gone.

    Raises CodecError for an event type or a shape that this version does not know.
    """
    name = record.get("type") if isinstance(record, dict) else None
    kind = _EVENT_TYPES.get(name) if isinstance(name, str) else None
    if kind is None:
        raise CodecError(f"unknown event type {name!r}")
    try:
        event: Event | SiteEvent = _reader(kind)(upcast(record, version) | (private or {}))
    except (AttributeError, KeyError, OverflowError, TypeError, ValueError) as error:
        raise CodecError(f"{name} does not read: {error!r}") from error
    return event


def _to_json(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: _to_json(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, tuple):
        return [_to_json(item) for item in value]
    return value  # an enum's member is its string


@cache
def _reader(kind: Any) -> Reader:
    """Return the function that turns JSON into a value of this type."""
    if isinstance(kind, UnionType):
        return _optional(_reader(next(arm for arm in get_args(kind) if arm is not NoneType)))
    if get_origin(kind) is tuple:
        return _tuple_of(_reader(get_args(kind)[0]))
    if is_dataclass(kind):
        return _record_of(cast(type, kind), {name: _reader(hint) for name, hint in get_type_hints(kind).items()})
    if issubclass(kind, datetime):
        return _aware
    if issubclass(kind, timedelta):
        return lambda seconds: timedelta(seconds=seconds)
    if issubclass(kind, Enum):
        return cast(Reader, kind)
    return _exactly(kind)


def _aware(text: Any) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text!r} has no time zone")
    return moment


def _optional(read: Reader) -> Reader:
    return lambda value: None if value is None else read(value)


def _tuple_of(read: Reader) -> Reader:
    return lambda values: tuple(read(value) for value in values)


def _record_of(kind: Callable[..., Any], readers: dict[str, Reader]) -> Reader:
    return lambda record: kind(**{name: read(record[name]) for name, read in readers.items() if name in record})


def _exactly(kind: type) -> Reader:
    def read(value: Any) -> Any:
        if not isinstance(value, kind):
            raise TypeError(f"{value!r} is not {kind.__name__}")
        return value

    return read
